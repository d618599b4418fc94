import { createFileRoute, notFound } from "@tanstack/react-router";
import { userQuery } from "@/features/users/queries";
import { UserPage } from "@/features/users/UserPage";
import { needs } from "@/session/guard";

export const Route = createFileRoute("/_framed/system/users/$id")({
  beforeLoad: needs("users.read"),
  loader: async ({ context: { queryClient }, params: { id } }) => {
    if (!/^\d+$/.test(id)) throw notFound();
    await queryClient.ensureQueryData(userQuery(Number(id)));
  },
  component: UserPage,
});
