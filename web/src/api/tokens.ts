import { api, type Schema } from "./client";
import { listQuery } from "./lists";

export const tokensQuery = (workspace: string) =>
  listQuery<Schema["ApiToken"]>(["w", workspace, "tokens"], ({ signal }) =>
    api.GET("/api/v1/workspaces/{workspace}/tokens", {
      params: { path: { workspace } },
      signal,
    }),
  );
