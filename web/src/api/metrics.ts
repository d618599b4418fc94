import { keepPreviousData, queryOptions, type UseQueryResult } from "@tanstack/react-query";
import type { ChartState } from "@/ui/charts/types";
import { api, request } from "./client";
import { wordError } from "./errors";
import type { paths } from "./schema";

/*
 * The figures several features draw from. One query per endpoint, so that two pages asking for
 * the same span share the answer.
 */

type Query<Path extends keyof paths> = paths[Path] extends {
  get: { parameters: { query: infer Q } };
}
  ? Q
  : never;

const base = "/api/v1/workspaces/{workspace}/metrics";

export type ActiveParams = Query<`${typeof base}/active`>;
export type RetentionParams = Query<`${typeof base}/retention`>;
export type LifecycleParams = Query<`${typeof base}/lifecycle`>;
export type AppMonthsParams = Query<`${typeof base}/apps`>;
export type FeaturesParams = Query<`${typeof base}/features`>;

const key = (workspace: string, metric: string, query: object) =>
  ["w", workspace, "metrics", metric, query] as const;

export function activeQuery(workspace: string, query: ActiveParams) {
  return queryOptions({
    queryKey: key(workspace, "active", query),
    queryFn: ({ signal }) =>
      request(() => api.GET(`${base}/active`, { params: { path: { workspace }, query }, signal })),
    placeholderData: keepPreviousData,
  });
}

export function retentionQuery(workspace: string, query: RetentionParams) {
  return queryOptions({
    queryKey: key(workspace, "retention", query),
    queryFn: ({ signal }) =>
      request(() =>
        api.GET(`${base}/retention`, { params: { path: { workspace }, query }, signal }),
      ),
    placeholderData: keepPreviousData,
  });
}

export function lifecycleQuery(workspace: string, query: LifecycleParams) {
  return queryOptions({
    queryKey: key(workspace, "lifecycle", query),
    queryFn: ({ signal }) =>
      request(() =>
        api.GET(`${base}/lifecycle`, { params: { path: { workspace }, query }, signal }),
      ),
    placeholderData: keepPreviousData,
  });
}

export function appMonthsQuery(workspace: string, query: AppMonthsParams) {
  return queryOptions({
    queryKey: key(workspace, "apps", query),
    queryFn: ({ signal }) =>
      request(() => api.GET(`${base}/apps`, { params: { path: { workspace }, query }, signal })),
    placeholderData: keepPreviousData,
  });
}

export function featuresQuery(workspace: string, query: FeaturesParams) {
  return queryOptions({
    queryKey: key(workspace, "features", query),
    queryFn: ({ signal }) =>
      request(() =>
        api.GET(`${base}/features`, { params: { path: { workspace }, query }, signal }),
      ),
    placeholderData: keepPreviousData,
  });
}

/** What a chart shows in place of figures; undefined when there are some. */
export function chartState(
  query: Pick<UseQueryResult, "data" | "error" | "refetch">,
  empty?: ChartState | false,
): ChartState | undefined {
  const retry = () => void query.refetch();
  if (query.data !== undefined) return empty || undefined;
  if (!query.error) return { kind: "loading", retry };
  const { title, remedy } = wordError(query.error);
  return { kind: "error", message: `${title}. ${remedy}`, retry };
}
