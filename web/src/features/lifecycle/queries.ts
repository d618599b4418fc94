import { type LifecycleParams, lifecycleQuery } from "@/api/metrics";
import { type PersonRole, roleOf } from "@/router/role";
import { oneOf, type Period, type RawSearch, textOf } from "@/router/search";
import { startOfMonth, startOfWeek } from "@/ui/day";

export const STEPS = ["day", "week", "month"] as const;
export type Step = (typeof STEPS)[number];

export interface LifecycleSearch {
  /** By week unless said. */
  period?: Step;
  app?: string;
  role?: PersonRole;
}

export function lifecycleSearch(raw: RawSearch): LifecycleSearch {
  const period = oneOf(raw.period, STEPS, undefined);
  return {
    period: period === "week" ? undefined : period,
    app: textOf(raw.app),
    role: roleOf(raw.role),
  };
}

/** What is asked of the server; CSV asks the same. Whole periods, so the first is not cut. */
export function lifecycleParams(search: LifecycleSearch, span: Period): LifecycleParams {
  const { period = "week", app, role } = search;
  const starts = { day: span.from, week: startOfWeek(span.from), month: startOfMonth(span.from) };
  return { period, app, role, from: starts[period], to: span.to };
}

export function periodsQuery(workspace: string, search: LifecycleSearch, span: Period) {
  return lifecycleQuery(workspace, lifecycleParams(search, span));
}
