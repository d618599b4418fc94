import { type RetentionParams, retentionQuery } from "@/api/metrics";
import { type PersonRole, ROLES, roleOf } from "@/router/role";
import { oneOf, type Period, type RawSearch, textOf } from "@/router/search";
import { bracketColumns, brackets, stepColumns } from "@/ui/charts/cohortColumns";
import { startOfMonth, startOfWeek } from "@/ui/day";

export const VARIANTS = ["n_day", "unbounded", "bracket"] as const;
export const STEPS = ["day", "week", "month"] as const;
export type Variant = (typeof VARIANTS)[number];
export type Step = (typeof STEPS)[number];

export interface RetentionSearch {
  /** By single period unless said. */
  variant?: Variant;
  /** By week unless said. */
  period?: Step;
  app?: string;
  role?: PersonRole;
}

export function retentionSearch(raw: RawSearch): RetentionSearch {
  const variant = oneOf(raw.variant, VARIANTS, undefined);
  const period = oneOf(raw.period, STEPS, undefined);
  return {
    variant: variant === "n_day" ? undefined : variant,
    period: period === "week" ? undefined : period,
    app: textOf(raw.app),
    role: roleOf(raw.role),
  };
}

const lastColumn = { day: 14, week: 12, month: 12 };

export function columnsOf(variant: Variant, step: Step) {
  return variant === "bracket"
    ? bracketColumns(step)
    : stepColumns(step, variant, lastColumn[step]);
}

/** What is asked of the server; CSV asks the same. */
export function retentionParams(search: RetentionSearch, span: Period): RetentionParams {
  const { variant = "n_day", period = "week", app, role } = search;
  const starts = { day: span.from, week: startOfWeek(span.from), month: startOfMonth(span.from) };
  return {
    variant,
    period,
    periods: columnsOf(variant, period).length - 1,
    brackets: variant === "bracket" ? brackets[period] : undefined,
    from: starts[period],
    to: span.to,
    app,
    role,
  };
}

/** Everybody, and each role beside it unless one is chosen. */
export function retentionQueries(workspace: string, search: RetentionSearch, span: Period) {
  const of = (role: PersonRole | undefined) =>
    retentionQuery(workspace, retentionParams({ ...search, role }, span));
  return {
    all: of(search.role),
    roles: search.role ? [] : ROLES.map((role) => ({ role, query: of(role) })),
  };
}
