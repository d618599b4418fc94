import { createFileRoute } from "@tanstack/react-router";
import { PersonPage } from "@/features/people/PersonPage";
import { personQuery, personTimelineQuery } from "@/features/people/queries";
import { needs } from "@/session/guard";

export const Route = createFileRoute("/_framed/w/$workspace/people/$id")({
  beforeLoad: needs("people.read"),
  loader: async ({ context: { queryClient }, params: { workspace, id } }) => {
    void queryClient.prefetchInfiniteQuery(personTimelineQuery(workspace, id));
    await queryClient.ensureQueryData(personQuery(workspace, id));
  },
  component: PersonPage,
});
