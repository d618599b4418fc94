import { queryOptions } from "@tanstack/react-query";
import { addMonths, type Day, startOfMonth } from "@/ui/day";
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
