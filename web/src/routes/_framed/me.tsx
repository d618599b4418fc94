import { createFileRoute } from "@tanstack/react-router";
import { MePage } from "@/features/me/MePage";
import { mySessionsQuery } from "@/features/me/queries";

export const Route = createFileRoute("/_framed/me")({
  loader: ({ context: { queryClient } }) => {
    void queryClient.prefetchInfiniteQuery(mySessionsQuery);
  },
  component: MePage,
});
