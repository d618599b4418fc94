import { createFileRoute } from "@tanstack/react-router";
import { allAppsQuery, yearOfMonths } from "@/api/apps";
import { appMonthsQuery } from "@/api/metrics";
import { prefetchAll, todayIn } from "@/api/prefetch";
import { AppsPage } from "@/features/apps/AppsPage";
import { appsQuery, appsSearch } from "@/features/apps/queries";

export const Route = createFileRoute("/_framed/w/$workspace/apps/")({
  validateSearch: appsSearch,
  loaderDeps: ({ search: { q, sort } }) => ({ q, sort }),
  loader: ({ context, params: { workspace }, deps }) => {
    const { from, to } = yearOfMonths(todayIn(context, workspace));
    void context.queryClient.prefetchInfiniteQuery(appsQuery(workspace, deps));
    prefetchAll(context, {
      all: allAppsQuery(workspace),
      months: appMonthsQuery(workspace, { from, to }),
    });
  },
  component: AppsPage,
});
