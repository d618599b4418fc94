import { createFileRoute } from "@tanstack/react-router";
import { sessionsQuery, sessionsSearch } from "@/features/users/queries";
import { SessionsPage } from "@/features/users/SessionsPage";
import { needs } from "@/session/guard";

export const Route = createFileRoute("/_framed/system/sessions")({
  beforeLoad: needs("sessions.read"),
  validateSearch: sessionsSearch,
  loader: ({ context: { queryClient } }) => {
    void queryClient.prefetchInfiniteQuery(sessionsQuery);
  },
  component: SessionsPage,
});
