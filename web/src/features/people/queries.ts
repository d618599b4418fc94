import { queryOptions } from "@tanstack/react-query";
import { api, request, type Schema } from "@/api/client";
import { listQuery } from "@/api/lists";
import type { PeopleSearch } from "./search";

const PERSON = "/api/v1/workspaces/{workspace}/people/{external_id}" as const;

/** What the server is asked for a list: the search of the page in the API's own names. */
export function peopleParams(search: PeopleSearch) {
  return {
    q: search.q,
    sort: search.sort,
    app: search.app,
    account: search.account,
    role: search.role,
    active_from: search.active_from,
    active_to: search.active_to,
    first: search.first,
    first_period: search.first_period,
    excluded: search.excluded === "only" ? ("only" as const) : undefined,
    include_excluded: search.excluded === "included" ? true : undefined,
  };
}

export const peopleQuery = (workspace: string, search: PeopleSearch) =>
  listQuery<Schema["Person"]>(
    ["w", workspace, "people", peopleParams(search)],
    ({ cursor, limit, signal }) =>
      api.GET("/api/v1/workspaces/{workspace}/people", {
        params: { path: { workspace }, query: { ...peopleParams(search), cursor, limit } },
        signal,
      }),
  );

export const personQuery = (workspace: string, external_id: string) =>
  queryOptions({
    queryKey: ["w", workspace, "people", external_id],
    queryFn: ({ signal }) =>
      request(() => api.GET(PERSON, { params: { path: { workspace, external_id } }, signal })),
  });

export const personActivityQuery = (
  workspace: string,
  external_id: string,
  from: string,
  to: string,
) =>
  queryOptions({
    queryKey: ["w", workspace, "people", external_id, "activity", from, to],
    queryFn: ({ signal }) =>
      request(() =>
        api.GET(`${PERSON}/activity`, {
          params: { path: { workspace, external_id }, query: { from, to } },
          signal,
        }),
      ),
  });

export const personTimelineQuery = (workspace: string, external_id: string) =>
  listQuery<Schema["TimelineItem"]>(
    ["w", workspace, "people", external_id, "timeline"],
    ({ cursor, signal }) =>
      api.GET(`${PERSON}/timeline`, {
        params: { path: { workspace, external_id }, query: { cursor, limit: 20 } },
        signal,
      }),
  );
