import { api, type Schema } from "@/api/client";
import { listQuery } from "@/api/lists";

export const writeKeysQuery = (workspace: string) =>
  listQuery<Schema["WriteKey"]>(["w", workspace, "write-keys"], ({ cursor, limit, signal }) =>
    api.GET("/api/v1/workspaces/{workspace}/write-keys", {
      params: { path: { workspace }, query: { cursor, limit } },
      signal,
    }),
  );

export const tokensQuery = (workspace: string) =>
  listQuery<Schema["ApiToken"]>(["w", workspace, "tokens"], ({ cursor, limit, signal }) =>
    api.GET("/api/v1/workspaces/{workspace}/tokens", {
      params: { path: { workspace }, query: { cursor, limit } },
      signal,
    }),
  );
