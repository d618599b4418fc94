import { queryOptions } from "@tanstack/react-query";
import { api, request, type Schema } from "@/api/client";
import { listQuery } from "@/api/lists";
import { oneOf, type RawSearch, textOf } from "@/router/search";

/** What changes by itself is asked for again: often while something runs. */
export const BUSY = 2_000;
const CALM = 30_000;

export const jobsQuery = queryOptions({
  queryKey: ["system", "jobs"],
  queryFn: ({ signal }) => request(() => api.GET("/api/v1/system/jobs", { signal })),
  refetchInterval: (query) =>
    query.state.data?.items.some(({ running }) => running) ? BUSY : CALM,
});

export const STATES = ["queued", "running", "succeeded", "failed", "skipped"] as const;

export interface RunsSearch {
  state?: Schema["JobRun"]["state"];
  workspace?: string;
}

export function runsSearch(raw: RawSearch): RunsSearch {
  return { state: oneOf(raw.state, STATES, undefined), workspace: textOf(raw.workspace) };
}

/** The document calls this cursor required; the first page has none. */
export const whichPage = (cursor: string | undefined) => cursor as string;

export function runsQuery(name: string, search: RunsSearch) {
  return {
    ...listQuery<Schema["JobRun"]>(
      ["system", "jobs", name, "runs", search],
      ({ cursor, limit, signal }) =>
        api.GET("/api/v1/system/jobs/{name}/runs", {
          params: { path: { name }, query: { ...search, cursor: whichPage(cursor), limit } },
          signal,
        }),
    ),
    refetchInterval: CALM,
  };
}

export const backupsQuery = queryOptions({
  queryKey: ["system", "backups"],
  queryFn: ({ signal }) => request(() => api.GET("/api/v1/system/backups", { signal })),
  refetchInterval: CALM,
});

export const capacityQuery = queryOptions({
  queryKey: ["system", "capacity"],
  queryFn: ({ signal }) => request(() => api.GET("/api/v1/system/capacity", { signal })),
  refetchInterval: 2 * CALM,
});

export const destinationsQuery = queryOptions({
  queryKey: ["system", "destinations"],
  queryFn: ({ signal }) => request(() => api.GET("/api/v1/system/destinations", { signal })),
});

export const healthQuery = queryOptions({
  queryKey: ["system", "health"],
  queryFn: ({ signal }) => request(() => api.GET("/api/v1/system/health", { signal })),
});

export const settingsQuery = (workspace: string) =>
  queryOptions({
    queryKey: ["w", workspace, "settings"],
    queryFn: ({ signal }) =>
      request(() =>
        api.GET("/api/v1/workspaces/{workspace}", { params: { path: { workspace } }, signal }),
      ),
  });
