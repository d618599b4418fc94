import { createFileRoute } from "@tanstack/react-router";
import { DestinationsPage } from "@/features/system/DestinationsPage";
import { destinationsQuery } from "@/features/system/queries";

export const Route = createFileRoute("/_framed/system/destinations")({
  loader: ({ context: { queryClient } }) => {
    void queryClient.prefetchQuery(destinationsQuery);
  },
  component: DestinationsPage,
});
