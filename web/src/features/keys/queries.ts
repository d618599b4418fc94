import { api, type Schema } from "@/api/client";
import { listQuery } from "@/api/lists";

export const writeKeysQuery = (workspace: string) =>
  listQuery<Schema["WriteKey"]>(["w", workspace, "write-keys"], ({ signal }) =>
    api.GET("/api/v1/workspaces/{workspace}/write-keys", {
      params: { path: { workspace } },
      signal,
    }),
  );
