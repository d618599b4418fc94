import { createFileRoute } from "@tanstack/react-router";
import { prefetchAll, todayIn } from "@/api/prefetch";
import { OverviewTab } from "@/features/apps/OverviewTab";
import { appOverviewQueries, appSearch } from "@/features/apps/queries";
import { resolvePeriod } from "@/router/search";

export const Route = createFileRoute("/_framed/w/$workspace/apps/$app/overview")({
  validateSearch: appSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ context, params: { workspace, app }, deps }) => {
    const today = todayIn(context, workspace);
    const period = resolvePeriod(deps, today);
    prefetchAll(context, appOverviewQueries(workspace, app, period, today, deps.role));
  },
  component: OverviewTab,
});
