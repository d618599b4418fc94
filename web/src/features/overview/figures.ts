import { type App, type Moved, movedOf } from "@/api/apps";
import type { Compared } from "@/ui/charts/activeDays";
import type { Day } from "@/ui/day";

/** Which lead word the verdict opens with. */
export function course({ now, before }: Compared): "growing" | "level" | "shrinking" | "first" {
  if (now === null || before === null) return "first";
  const change = (now - before) / before;
  if (Math.abs(change) < 0.02) return "level";
  return change > 0 ? "growing" : "shrinking";
}

/** Smaller moves are noise. */
const least = { people: 3, share: 0.05 };

export interface Mover extends Moved {
  app: string;
  /** People by month, for the line beside the number. */
  months: readonly (number | null)[];
}

export interface Movers {
  gain: Mover[];
  lose: Mover[];
  /** Apps whose rhythm is too slow to be judged. */
  slow: number;
}

const sizeOf = ({ now, before }: Moved) => Math.abs(now - before);

/** Apps whose people moved, the largest moves first. */
export function moversOf(
  apps: readonly App[],
  monthsOf: (app: string) => readonly (number | null)[],
  today: Day,
): Movers {
  const judged = apps.flatMap((app): Mover[] => {
    const months = monthsOf(app.app);
    const moved = movedOf(app, months, today);
    return moved ? [{ app: app.app, months, ...moved }] : [];
  });
  const moved = judged
    .filter((each) => {
      const size = sizeOf(each);
      return size >= least.people && size >= least.share * each.before;
    })
    .sort((one, other) => sizeOf(other) - sizeOf(one));
  return {
    gain: moved.filter(({ now, before }) => now > before),
    lose: moved.filter(({ now, before }) => now < before),
    slow: apps.length - judged.length,
  };
}

export type StateCounts = Record<App["state"], number>;

export function statesOf(apps: readonly App[]): StateCounts {
  const counts: StateCounts = { on_rhythm: 0, not_yet_due: 0, due: 0, overdue: 0, unknown: 0 };
  for (const app of apps) counts[app.state] += 1;
  return counts;
}

/**
 * The app whose season explains most of a change: its rhythm is slow, and its own people moved by
 * at least half as much in the same direction.
 */
export function seasonOf(apps: readonly App[], { now, before }: Compared): App | undefined {
  if (now === null || before === null) return undefined;
  const change = now - before;
  const moveOf = (app: App) =>
    ((app.active_people_28 ?? 0) - (app.active_people_prev_28 ?? 0)) * Math.sign(change);
  const slow = apps.filter(
    (app) => (app.rhythm === "quarter" || app.rhythm === "year") && moveOf(app) > 0,
  );
  const [most] = slow.sort((one, other) => moveOf(other) - moveOf(one));
  return most && moveOf(most) * 2 >= Math.abs(change) ? most : undefined;
}
