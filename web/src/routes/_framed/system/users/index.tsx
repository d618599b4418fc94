import { createFileRoute } from "@tanstack/react-router";
import { invitationsQuery, usersQuery, usersSearch } from "@/features/users/queries";
import { UsersPage } from "@/features/users/UsersPage";
import { needs } from "@/session/guard";

export const Route = createFileRoute("/_framed/system/users/")({
  beforeLoad: needs("users.read"),
  validateSearch: usersSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ context: { queryClient }, deps }) => {
    void queryClient.prefetchInfiniteQuery(usersQuery(deps));
    void queryClient.prefetchInfiniteQuery(invitationsQuery);
  },
  component: UsersPage,
});
