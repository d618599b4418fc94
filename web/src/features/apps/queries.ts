import { queryOptions } from "@tanstack/react-query";
import { api, request, type Schema } from "@/api/client";
import { listQuery } from "@/api/lists";
import { activeQuery, featuresQuery, retentionQuery } from "@/api/metrics";
import { type PersonRole, roleOf } from "@/router/role";
import { oneOf, type Period, type RawSearch, textOf } from "@/router/search";
import { MEASURES } from "@/ui/charts/activeDays";
import { addDays, addMonths, type Day, startOfMonth, startOfWeek } from "@/ui/day";

const root = "/api/v1/workspaces/{workspace}/apps";

/** For furniture that reads CSV from an address rather than by a query. */
export const appPath = (workspace: string, app: string) =>
  `/api/v1/workspaces/${encodeURIComponent(workspace)}/apps/${encodeURIComponent(app)}`;

export interface AppsSearch {
  q?: string;
  sort?: string;
}

export function appsSearch(raw: RawSearch): AppsSearch {
  return { q: textOf(raw.q), sort: textOf(raw.sort) };
}

export function appsQuery(workspace: string, search: AppsSearch) {
  return listQuery<Schema["App"]>(
    ["w", workspace, "apps", "list", search],
    ({ cursor, limit, signal }) =>
      api.GET(root, {
        params: { path: { workspace }, query: { ...search, cursor, limit } },
        signal,
      }),
  );
}

export function appQuery(workspace: string, app: string) {
  return queryOptions({
    queryKey: ["w", workspace, "apps", "one", app],
    queryFn: ({ signal }) =>
      request(() => api.GET(`${root}/{app}`, { params: { path: { workspace, app } }, signal })),
  });
}

export function releasesQuery(workspace: string, app: string) {
  return queryOptions({
    queryKey: ["w", workspace, "apps", "releases", app],
    queryFn: ({ signal }) =>
      request(() =>
        api.GET(`${root}/{app}/releases`, {
          params: { path: { workspace, app } },
          signal,
        }),
      ),
  });
}

export interface AppSearch {
  role?: PersonRole;
  measure?: "day" | "week";
}

export function appSearch(raw: RawSearch): AppSearch {
  const measure = oneOf(raw.measure, MEASURES, undefined);
  return {
    role: roleOf(raw.role),
    measure: measure === "month" ? undefined : measure,
  };
}

/** What the overview of an app asks, all at once. */
export function appOverviewQueries(
  workspace: string,
  app: string,
  period: Period,
  today: Day,
  role?: string,
) {
  // 28 days before the first release mark and 28 after the last belong to the marks.
  const [first] = [period.earlier?.from ?? period.from, addDays(period.from, -29)].sort();
  const after = addDays(period.to, 28);
  return {
    active: activeQuery(workspace, {
      app,
      role,
      from: first ?? period.from,
      to: after < today ? after : today,
    }),
    releases: releasesQuery(workspace, app),
    features: featuresQuery(workspace, { app, role, from: period.from, to: period.to }),
  };
}

export interface AppPeopleSearch {
  q?: string;
  sort?: string;
  role?: PersonRole;
}

export function appPeopleSearch(raw: RawSearch): AppPeopleSearch {
  return { q: textOf(raw.q), sort: textOf(raw.sort), role: roleOf(raw.role) };
}

export function appPeopleQuery(workspace: string, app: string, search: AppPeopleSearch) {
  return listQuery<Schema["Person"]>(
    ["w", workspace, "apps", "people", app, search],
    ({ cursor, limit, signal }) =>
      api.GET("/api/v1/workspaces/{workspace}/people", {
        params: { path: { workspace }, query: { ...search, app, cursor, limit } },
        signal,
      }),
  );
}

export interface AppRetentionSearch {
  role?: PersonRole;
  period?: RetentionStep;
}

const STEPS = ["day", "week", "month"] as const;
export type RetentionStep = (typeof STEPS)[number];

export function appRetentionSearch(raw: RawSearch): AppRetentionSearch {
  return { role: roleOf(raw.role), period: oneOf(raw.period, STEPS, undefined) };
}

/** The step that lets a rhythm be seen: daily use in weeks, anything slower in months. */
export function usualStep(rhythm: Schema["App"]["rhythm"]): RetentionStep {
  return rhythm === "weekday" || rhythm === "week" ? "week" : "month";
}

/** The last cohorts of an app, the running one included. */
export function appRetentionQuery(
  workspace: string,
  app: string,
  step: RetentionStep,
  today: Day,
  role?: string,
) {
  const from = {
    day: addDays(today, -14),
    week: addDays(startOfWeek(today), -12 * 7),
    month: addMonths(startOfMonth(today), -12),
  }[step];
  return retentionQuery(workspace, {
    app,
    role,
    period: step,
    variant: "n_day",
    periods: step === "day" ? 14 : 12,
    from,
    to: today,
  });
}
