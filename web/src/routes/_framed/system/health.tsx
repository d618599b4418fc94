import { createFileRoute } from "@tanstack/react-router";
import { HealthPage } from "@/features/system/HealthPage";
import { healthQuery } from "@/features/system/queries";
import { needs } from "@/session/guard";

export const Route = createFileRoute("/_framed/system/health")({
  beforeLoad: needs("system.read"),
  loader: ({ context: { queryClient } }) => {
    void queryClient.prefetchQuery(healthQuery);
  },
  component: HealthPage,
});
