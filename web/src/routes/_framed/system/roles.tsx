import { createFileRoute } from "@tanstack/react-router";
import { rolesQuery, rolesSearch } from "@/features/users/queries";
import { RolesPage } from "@/features/users/RolesPage";
import { needs } from "@/session/guard";

export const Route = createFileRoute("/_framed/system/roles")({
  beforeLoad: needs("users.read"),
  validateSearch: rolesSearch,
  loader: ({ context: { queryClient } }) => {
    void queryClient.prefetchQuery(rolesQuery);
  },
  component: RolesPage,
});
