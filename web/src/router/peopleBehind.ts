import { useRouter } from "@tanstack/react-router";
import { useWorkspace } from "@/session/session";
import type { DaysBehind } from "@/ui/charts/types";
import type { Day } from "@/ui/day";
import type { PeriodKind } from "@/ui/format";
import { useHref } from "./href";

interface Scope {
  app?: string;
  account?: string;
  /** The list takes a person's role of today, a figure the role of then: it opens nothing. */
  role?: string;
}

/** The list of the people behind a figure; undefined where the list would count otherwise. */
export function usePeopleBehind({ app, account, role }: Scope) {
  const { slug: workspace } = useWorkspace();
  const { history } = useRouter();
  const href = useHref();
  if (role !== undefined) return undefined;
  const people = (search: Record<string, unknown>) =>
    href({
      to: "/w/$workspace/people",
      params: { workspace },
      search: { app, account, ...search },
    });
  const span = (from: Day, to: Day) => ({ active_from: from, active_to: to });
  const days: DaysBehind = {
    href: (from, to) => people(span(from, to)),
    open: (from, to) => history.push(people(span(from, to))),
  };
  return {
    days,
    /** Those who began in a period, or of them those active from a day to a day. */
    cohort: (period: PeriodKind) => (start: Day, active?: { from: Day; to: Day }) =>
      people({
        ...firstIn(start, period),
        ...(active && span(active.from, active.to)),
      }),
    period: (period: PeriodKind) => (who: "active" | "new", from: Day, to: Day) =>
      people(who === "new" ? firstIn(from, period) : span(from, to)),
  };
}

/** The server takes a day unless told otherwise. */
const firstIn = (first: Day, period: PeriodKind) => ({
  first,
  first_period: period === "day" ? undefined : period,
});
