import { queryOptions } from "@tanstack/react-query";
import { api, request } from "@/api/client";

export const setupQuery = queryOptions({
  queryKey: ["setup"],
  queryFn: ({ signal }) => request(() => api.GET("/api/v1/setup", { signal })),
});
