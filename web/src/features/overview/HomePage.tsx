import { queryOptions, useQuery } from "@tanstack/react-query";
import { allAppsQuery } from "@/api/apps";
import { api, request } from "@/api/client";
import { SetupPage } from "@/features/setup/SetupPage";
import { useWorkspace } from "@/session/session";
import { OverviewPage } from "./OverviewPage";

const summaryQuery = (workspace: string) =>
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

/** The first event turns the setup checklist into the overview. */
export function HomePage() {
  const { slug } = useWorkspace();
  const apps = useQuery(allAppsQuery(slug));
  const summary = useQuery({
    ...summaryQuery(slug),
    // Only a workspace without apps may be one without events.
    enabled: apps.data?.length === 0,
    refetchInterval: (query) => (query.state.data?.events === 0 ? 3_000 : false),
  });
  return summary.data?.events === 0 ? <SetupPage /> : <OverviewPage />;
}
