import { createFileRoute } from "@tanstack/react-router";
import { prefetchAll, todayIn } from "@/api/prefetch";
import { OverviewTab } from "@/features/apps/OverviewTab";
import { appOverviewQueries, appQuery, appSearch } from "@/features/apps/queries";
import { appPeriod } from "@/features/apps/useAppPeriod";

export const Route = createFileRoute("/_framed/w/$workspace/apps/$app/overview")({
  validateSearch: appSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ context, params: { workspace, app }, deps }) => {
    const known = context.queryClient.getQueryData(appQuery(workspace, app).queryKey);
    const today = todayIn(context, workspace);
    const period = appPeriod(deps, known, today);
    prefetchAll(context, appOverviewQueries(workspace, app, period, today, deps.role));
  },
  component: OverviewTab,
});
