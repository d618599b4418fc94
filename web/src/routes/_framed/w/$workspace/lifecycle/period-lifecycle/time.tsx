import { createFileRoute } from "@tanstack/react-router";
import { prefetchAll, todayIn } from "@/api/prefetch";
import { LifecyclePage } from "@/features/lifecycle/LifecyclePage";
import { lifecycleSearch, periodsQuery } from "@/features/lifecycle/queries";
import { resolvePeriod } from "@/router/search";

export const Route = createFileRoute("/_framed/w/$workspace/lifecycle/period-lifecycle/time")({
  validateSearch: lifecycleSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ context, params: { workspace }, deps }) => {
    const period = resolvePeriod(deps, todayIn(context, workspace));
    prefetchAll(context, { periods: periodsQuery(workspace, deps, period) });
  },
  component: LifecyclePage,
});
