import { queryOptions } from "@tanstack/react-query";
import { api, request, type Schema } from "@/api/client";
import { listQuery } from "@/api/lists";
import type { AccountsSearch } from "./search";

const ACCOUNT = "/api/v1/workspaces/{workspace}/accounts/{external_id}" as const;

export function accountsParams(search: AccountsSearch) {
  return {
    q: search.q,
    sort: search.sort,
    include_excluded: search.excluded === "included" ? true : undefined,
  };
}

export const accountsQuery = (workspace: string, search: AccountsSearch) =>
  listQuery<Schema["Account"]>(
    ["w", workspace, "accounts", accountsParams(search)],
    ({ cursor, limit, signal }) =>
      api.GET("/api/v1/workspaces/{workspace}/accounts", {
        params: { path: { workspace }, query: { ...accountsParams(search), cursor, limit } },
        signal,
      }),
  );

export const accountQuery = (workspace: string, external_id: string) =>
  queryOptions({
    queryKey: ["w", workspace, "accounts", external_id],
    queryFn: ({ signal }) =>
      request(() => api.GET(ACCOUNT, { params: { path: { workspace, external_id } }, signal })),
  });

export const accountAppsQuery = (
  workspace: string,
  external_id: string,
  from: string,
  to: string,
) =>
  queryOptions({
    queryKey: ["w", workspace, "accounts", external_id, "apps", from, to],
    queryFn: ({ signal }) =>
      request(() =>
        api.GET(`${ACCOUNT}/apps`, {
          params: { path: { workspace, external_id }, query: { from, to } },
          signal,
        }),
      ),
  });

export const accountTimelineQuery = (workspace: string, external_id: string) =>
  listQuery<Schema["TimelineItem"]>(
    ["w", workspace, "accounts", external_id, "timeline"],
    ({ cursor, signal }) =>
      api.GET(`${ACCOUNT}/timeline`, {
        params: { path: { workspace, external_id }, query: { cursor, limit: 20 } },
        signal,
      }),
  );

const MOST_ACTIVE = 10;

export const accountPeopleQuery = (workspace: string, account: string) =>
  queryOptions({
    queryKey: ["w", workspace, "people", { account, most: MOST_ACTIVE }],
    queryFn: ({ signal }) =>
      request(() =>
        api.GET("/api/v1/workspaces/{workspace}/people", {
          params: {
            path: { workspace },
            query: { account, sort: "-active_days_28", limit: MOST_ACTIVE },
          },
          signal,
        }),
      ),
  });
