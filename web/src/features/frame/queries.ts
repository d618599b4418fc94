import { queryOptions } from "@tanstack/react-query";
import { api, request } from "@/api/client";

export const searchQuery = (workspace: string, q: string) =>
  queryOptions({
    queryKey: ["w", workspace, "search", q],
    queryFn: ({ signal }) =>
      request(() =>
        api.GET("/api/v1/workspaces/{workspace}/search", {
          params: { path: { workspace }, query: { q } },
          signal,
        }),
      ),
  });
