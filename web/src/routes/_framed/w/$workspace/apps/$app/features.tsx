import { createFileRoute } from "@tanstack/react-router";
import { featuresQuery } from "@/api/metrics";
import { prefetchAll, todayIn } from "@/api/prefetch";
import { FeaturesTab } from "@/features/apps/FeaturesTab";
import { appQuery } from "@/features/apps/queries";
import { appPeriod } from "@/features/apps/useAppPeriod";
import { type PersonRole, roleOf } from "@/router/role";
import type { RawSearch } from "@/router/search";

export const Route = createFileRoute("/_framed/w/$workspace/apps/$app/features")({
  validateSearch: (raw: RawSearch): { role?: PersonRole } => ({ role: roleOf(raw.role) }),
  loaderDeps: ({ search }) => search,
  loader: ({ context, params: { workspace, app }, deps }) => {
    const known = context.queryClient.getQueryData(appQuery(workspace, app).queryKey);
    const { from, to } = appPeriod(deps, known, todayIn(context, workspace));
    prefetchAll(context, {
      features: featuresQuery(workspace, { app, role: deps.role, from, to }),
    });
  },
  component: FeaturesTab,
});
