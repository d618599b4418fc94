import { createFileRoute } from "@tanstack/react-router";
import { CapacityPage } from "@/features/system/CapacityPage";
import { capacityQuery } from "@/features/system/queries";

export const Route = createFileRoute("/_framed/system/capacity")({
  loader: ({ context: { queryClient } }) => {
    void queryClient.prefetchQuery(capacityQuery);
  },
  component: CapacityPage,
});
