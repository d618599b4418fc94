import type { App } from "@/api/apps";
import type { Compared } from "@/ui/charts/activeDays";

/** Which lead word the verdict opens with. */
export function course({ now, before }: Compared): "growing" | "level" | "shrinking" | "first" {
  if (now === null || before === null) return "first";
  const change = (now - before) / before;
  if (Math.abs(change) < 0.02) return "level";
  return change > 0 ? "growing" : "shrinking";
}

/** Smaller moves are noise. */
const least = { people: 3, share: 0.05 };

export interface Movers {
  gain: App[];
  lose: App[];
  /** Apps whose rhythm is too slow for 28 days to say anything. */
  slow: number;
}

/** Apps whose people of 28 days moved, the largest moves first. */
export function moversOf(apps: readonly App[]): Movers {
  const judged = apps.filter(
    (app) => app.rhythm !== "quarter" && app.rhythm !== "year" && app.state !== "not_yet_due",
  );
  const moveOf = (app: App) => app.active_people_28 - app.active_people_prev_28;
  const moved = judged
    .filter((app) => {
      const size = Math.abs(moveOf(app));
      return size >= least.people && size >= least.share * app.active_people_prev_28;
    })
    .sort((one, other) => Math.abs(moveOf(other)) - Math.abs(moveOf(one)));
  return {
    gain: moved.filter((app) => moveOf(app) > 0),
    lose: moved.filter((app) => moveOf(app) < 0),
    slow: apps.length - judged.length,
  };
}

export type StateCounts = Record<App["state"], number>;

export function statesOf(apps: readonly App[]): StateCounts {
  const counts: StateCounts = { on_rhythm: 0, not_yet_due: 0, due: 0, overdue: 0, unknown: 0 };
  for (const app of apps) counts[app.state] += 1;
  return counts;
}
