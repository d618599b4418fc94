import type { PrivacyRequest, UnmaskRequest } from "@/api/access";
import { api } from "@/api/client";
import { listQuery } from "@/api/lists";

const BUSY = 3_000;

export const unmaskQuery = (workspace: string) =>
  listQuery<UnmaskRequest>(["w", workspace, "unmask-requests"], ({ cursor, limit, signal }) =>
    api.GET("/api/v1/workspaces/{workspace}/unmask-requests", {
      params: { path: { workspace }, query: { cursor, limit } },
      signal,
    }),
  );

export const goesOn = ({ state }: PrivacyRequest) => state !== "done" && state !== "failed";

/** Asked for again while something runs. */
export function requestsQuery(workspace: string) {
  const list = listQuery<PrivacyRequest>(
    ["w", workspace, "privacy-requests"],
    ({ cursor, limit, signal }) =>
      api.GET("/api/v1/workspaces/{workspace}/privacy-requests", {
        params: { path: { workspace }, query: { cursor, limit } },
        signal,
      }),
  );
  return {
    ...list,
    refetchInterval: (query: { state: { data?: { pages: { items: PrivacyRequest[] }[] } } }) =>
      query.state.data?.pages.some(({ items }) => items.some(goesOn)) ? BUSY : (false as const),
  };
}
