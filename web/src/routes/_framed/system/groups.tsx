import { createFileRoute } from "@tanstack/react-router";
import { GroupsPage } from "@/features/sources/GroupsPage";
import { mappingsQuery, sourcesQuery } from "@/features/sources/queries";
import { needs } from "@/session/guard";

export const Route = createFileRoute("/_framed/system/groups")({
  beforeLoad: needs("sources.read"),
  loader: ({ context: { queryClient } }) => {
    void queryClient.prefetchInfiniteQuery(mappingsQuery);
    void queryClient.prefetchInfiniteQuery(sourcesQuery);
  },
  component: GroupsPage,
});
