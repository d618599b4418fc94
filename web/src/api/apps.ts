import { queryOptions } from "@tanstack/react-query";
import { addDays, addMonths, type Day, startOfMonth } from "@/ui/day";
import { api, request, type Schema } from "./client";

export type App = Schema["App"];

/** More than any company has; the pages after the first are asked for only when there are. */
const pageSize = 200;

/** Every app of the workspace, for figures that are about all of them. */
export function allAppsQuery(workspace: string) {
  return queryOptions({
    queryKey: ["w", workspace, "apps", "all"],
    queryFn: async ({ signal }) => {
      const apps: App[] = [];
      let cursor: string | undefined;
      do {
        const page = await request(() =>
          api.GET("/api/v1/workspaces/{workspace}/apps", {
            params: { path: { workspace }, query: { limit: pageSize, cursor } },
            signal,
          }),
        );
        apps.push(...page.items);
        cursor = page.next_cursor ?? undefined;
      } while (cursor);
      return apps;
    },
  });
}

/** The twelve calendar months up to the running one. */
export function yearOfMonths(today: Day): { from: Day; to: Day; starts: Day[] } {
  const first = addMonths(startOfMonth(today), -11);
  const starts = Array.from({ length: 12 }, (_, at) => addMonths(first, at));
  return { from: first, to: today, starts };
}

/**
 * People by month for a sparkline: months before the app was first seen are unknown, later ones
 * that the answer leaves out had nobody.
 */
export function peopleByMonth(
  row: Schema["AppMonths"]["apps"][number] | undefined,
  starts: readonly Day[],
): (number | null)[] {
  const found = new Map(row?.months.map((month) => [month.start, month.active_people]));
  const born = row?.first_seen ? startOfMonth(row.first_seen.slice(0, 10)) : undefined;
  return starts.map((start) => {
    const people = found.get(start);
    if (people !== undefined) return people;
    return born === undefined || start < born ? null : 0;
  });
}

export interface Moved {
  now: number;
  before: number;
  /** What was compared: whole months, where 28 days would hold one pay day or two. */
  by: "28 days" | "month";
  /** The app is younger than both spans: nothing fair to compare with. */
  born: boolean;
}

/** How the people of an app moved; null where its rhythm is too slow for a year to say. */
export function movedOf(app: App, people: readonly (number | null)[], today: Day): Moved | null {
  if (app.rhythm === "quarter" || app.rhythm === "year") return null;
  if (app.rhythm === "month") {
    // The last of the twelve months is running.
    const [before = null, now = null] = people.slice(-3, -1);
    return now === null ? null : { now, before: before ?? 0, by: "month", born: before === null };
  }
  if (app.state === "not_yet_due") return null;
  const { active_people_28: now, active_people_prev_28: before } = app;
  // Privacy hides how few they were.
  if (now === null || before === null) return null;
  return {
    now,
    before,
    by: "28 days",
    born: bornLately(app, today),
  };
}

/** True for an app that has not lived through the last two spans of 28 days. */
export function bornLately(app: App, today: Day): boolean {
  return app.first_seen !== null && app.first_seen.slice(0, 10) > addDays(today, -55);
}
