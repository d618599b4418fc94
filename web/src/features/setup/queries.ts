import { queryOptions } from "@tanstack/react-query";
import { api, request } from "@/api/client";

export const summaryQuery = (workspace: string) =>
  queryOptions({
    queryKey: ["w", workspace, "summary"],
    queryFn: ({ signal }) =>
      request(() =>
        api.GET("/api/v1/workspaces/{workspace}/summary", {
          params: { path: { workspace } },
          signal,
        }),
      ),
  });

/** Two facts of the checklist that no summary tells. */
export const setupFactsQuery = (workspace: string, mayReadKeys: boolean) =>
  queryOptions({
    queryKey: ["w", workspace, "setup-facts", mayReadKeys],
    queryFn: async ({ signal }) => {
      const path = { workspace };
      const [apps, keys] = await Promise.all([
        request(() =>
          api.GET("/api/v1/workspaces/{workspace}/apps", {
            params: { path, query: { limit: 200 } },
            signal,
          }),
        ),
        mayReadKeys
          ? request(() =>
              api.GET("/api/v1/workspaces/{workspace}/write-keys", {
                params: { path },
                signal,
              }),
            )
          : null,
      ]);
      return {
        apps: apps.items.length,
        owned: apps.items.filter(({ owners }) => owners.length > 0).length,
        writeKeys: keys?.items.filter(({ revoked_at }) => revoked_at === null).length ?? null,
      };
    },
  });
