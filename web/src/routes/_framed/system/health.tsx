import { createFileRoute } from "@tanstack/react-router";
import { HealthPage } from "@/features/system/HealthPage";
import { healthQuery } from "@/features/system/queries";

export const Route = createFileRoute("/_framed/system/health")({
  loader: ({ context: { queryClient } }) => {
    void queryClient.prefetchQuery(healthQuery);
  },
  component: HealthPage,
});
