import { createFileRoute } from "@tanstack/react-router";
import { featuresQuery } from "@/api/metrics";
import { prefetchAll, todayIn } from "@/api/prefetch";
import { FeaturesTab } from "@/features/apps/FeaturesTab";
import { type PersonRole, roleOf } from "@/router/role";
import { type RawSearch, resolvePeriod } from "@/router/search";

export const Route = createFileRoute("/_framed/w/$workspace/apps/$app/features")({
  validateSearch: (raw: RawSearch): { role?: PersonRole } => ({ role: roleOf(raw.role) }),
  loaderDeps: ({ search }) => search,
  loader: ({ context, params: { workspace, app }, deps }) => {
    const { from, to } = resolvePeriod(deps, todayIn(context, workspace));
    prefetchAll(context, {
      features: featuresQuery(workspace, { app, role: deps.role, from, to }),
    });
  },
  component: FeaturesTab,
});
