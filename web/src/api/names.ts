import { queryOptions } from "@tanstack/react-query";
import { api, request } from "./client";

/* Names to choose from in filters: the most used first, as many as a menu can hold. */

const MOST = 50;

export const appNamesQuery = (workspace: string) =>
  queryOptions({
    queryKey: ["w", workspace, "names", "apps"],
    queryFn: async ({ signal }) => {
      const page = await request(() =>
        api.GET("/api/v1/workspaces/{workspace}/apps", {
          params: { path: { workspace }, query: { sort: "-events", limit: MOST } },
          signal,
        }),
      );
      return page.items.map(({ app }) => ({ value: app, label: app }));
    },
    staleTime: 5 * 60_000,
  });

export const accountNamesQuery = (workspace: string) =>
  queryOptions({
    queryKey: ["w", workspace, "names", "accounts"],
    queryFn: async ({ signal }) => {
      const page = await request(() =>
        api.GET("/api/v1/workspaces/{workspace}/accounts", {
          params: { path: { workspace }, query: { sort: "-events", limit: MOST } },
          signal,
        }),
      );
      return page.items.map(({ external_id, name }) => ({
        value: external_id,
        label: name ?? external_id,
      }));
    },
    staleTime: 5 * 60_000,
  });
