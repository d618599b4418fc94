import { allAppsQuery, yearOfMonths } from "@/api/apps";
import { activeQuery, appMonthsQuery, lifecycleQuery } from "@/api/metrics";
import { type PersonRole, roleOf } from "@/router/role";
import { oneOf, type Period, type RawSearch } from "@/router/search";
import { MEASURES } from "@/ui/charts/activeDays";
import { addDays, type Day, startOfMonth, startOfWeek } from "@/ui/day";
import type { PeriodKind } from "@/ui/format";

export interface OverviewSearch {
  role?: PersonRole;
  /** What the trend counts over; 28 days unless said. */
  measure?: "day" | "week";
}

export function overviewSearch(raw: RawSearch): OverviewSearch {
  const measure = oneOf(raw.measure, MEASURES, undefined);
  return {
    role: roleOf(raw.role),
    measure: measure === "month" ? undefined : measure,
  };
}

/**
 * Periods short enough to be seen, long enough to be counted: from day to day a company is mostly
 * made of weekends.
 */
export function lifecycleKind(days: number): PeriodKind {
  return days <= 120 ? "week" : "month";
}

/** Whole periods, and in a short span at least one that is over. */
function lifecycleFrom(period: Period, kind: PeriodKind): Day {
  if (kind === "month") return startOfMonth(period.from);
  return startOfWeek(period.days < 14 ? addDays(period.from, -14) : period.from);
}

/** The questions the page asks, all at once. */
export function overviewQueries(workspace: string, period: Period, today: Day, role?: string) {
  const kind = lifecycleKind(period.days);
  // One series serves the trend, the earlier period, and the 28 days against the 28 before.
  const [first] = [
    period.from,
    period.earlier?.from ?? period.from,
    addDays(period.to, -29),
  ].sort();
  const months = yearOfMonths(today);
  return {
    active: activeQuery(workspace, { from: first ?? period.from, to: period.to, role }),
    apps: allAppsQuery(workspace),
    months: appMonthsQuery(workspace, { from: months.from, to: months.to }),
    lifecycle: lifecycleQuery(workspace, {
      period: kind,
      from: lifecycleFrom(period, kind),
      to: period.to,
      role,
    }),
  };
}
