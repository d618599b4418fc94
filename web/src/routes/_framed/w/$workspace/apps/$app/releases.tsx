import { createFileRoute } from "@tanstack/react-router";
import { prefetchAll } from "@/api/prefetch";
import { releasesQuery } from "@/features/apps/queries";
import { ReleasesTab } from "@/features/apps/ReleasesTab";

export const Route = createFileRoute("/_framed/w/$workspace/apps/$app/releases")({
  loader: ({ context, params: { workspace, app } }) => {
    prefetchAll(context, { releases: releasesQuery(workspace, app) });
  },
  component: ReleasesTab,
});
