import { createFileRoute } from "@tanstack/react-router";
import { DestinationsPage } from "@/features/system/DestinationsPage";
import { destinationsQuery } from "@/features/system/queries";
import { needs } from "@/session/guard";

export const Route = createFileRoute("/_framed/system/destinations")({
  beforeLoad: needs("system.read"),
  loader: ({ context: { queryClient } }) => {
    void queryClient.prefetchQuery(destinationsQuery);
  },
  component: DestinationsPage,
});
