import { queryOptions } from "@tanstack/react-query";
import { api, request } from "@/api/client";

/** Who is signed in. Never retried or renewed by the dialog: its 401 leads to the sign-in page. */
export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: ({ signal }) => request(() => api.GET("/api/v1/me", { signal })),
  staleTime: 5 * 60_000,
});

export const workspacesQuery = queryOptions({
  queryKey: ["workspaces"],
  queryFn: ({ signal }) => request(() => api.GET("/api/v1/workspaces", { signal })),
  staleTime: 5 * 60_000,
});
