import { createFileRoute } from "@tanstack/react-router";
import { prefetchAll } from "@/api/prefetch";
import { AppLayout } from "@/features/apps/AppLayout";
import { appQuery } from "@/features/apps/queries";

export const Route = createFileRoute("/_framed/w/$workspace/apps/$app")({
  loader: ({ context, params: { workspace, app } }) => {
    prefetchAll(context, { app: appQuery(workspace, app) });
  },
  component: AppLayout,
});
