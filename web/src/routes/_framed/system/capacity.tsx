import { createFileRoute } from "@tanstack/react-router";
import { CapacityPage } from "@/features/system/CapacityPage";
import { capacityQuery } from "@/features/system/queries";
import { needs } from "@/session/guard";

export const Route = createFileRoute("/_framed/system/capacity")({
  beforeLoad: needs("system.read"),
  loader: ({ context: { queryClient } }) => {
    void queryClient.prefetchQuery(capacityQuery);
  },
  component: CapacityPage,
});
