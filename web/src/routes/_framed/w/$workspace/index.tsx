import { createFileRoute } from "@tanstack/react-router";
import { prefetchAll, todayIn } from "@/api/prefetch";
import { HomePage } from "@/features/overview/HomePage";
import { overviewQueries, overviewSearch } from "@/features/overview/queries";
import { resolvePeriod } from "@/router/search";

export const Route = createFileRoute("/_framed/w/$workspace/")({
  validateSearch: overviewSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ context, params: { workspace }, deps }) => {
    const today = todayIn(context, workspace);
    const period = resolvePeriod(deps, today);
    prefetchAll(context, overviewQueries(workspace, period, today, deps.role));
  },
  component: HomePage,
});
