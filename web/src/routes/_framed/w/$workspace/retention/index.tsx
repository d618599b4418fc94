import { createFileRoute } from "@tanstack/react-router";
import { prefetchAll, todayIn } from "@/api/prefetch";
import { retentionQueries, retentionSearch } from "@/features/retention/queries";
import { RetentionPage } from "@/features/retention/RetentionPage";
import { resolvePeriod } from "@/router/search";

export const Route = createFileRoute("/_framed/w/$workspace/retention/")({
  validateSearch: retentionSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ context, params: { workspace }, deps }) => {
    const period = resolvePeriod(deps, todayIn(context, workspace));
    const { all, roles } = retentionQueries(workspace, deps, period);
    prefetchAll(context, { all, ...roles.map(({ query }) => query) });
  },
  component: RetentionPage,
});
