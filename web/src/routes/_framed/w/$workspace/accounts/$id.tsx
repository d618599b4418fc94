import { createFileRoute } from "@tanstack/react-router";
import { AccountPage } from "@/features/accounts/AccountPage";
import { accountPeopleQuery, accountQuery } from "@/features/accounts/queries";
import { needs } from "@/session/guard";

export const Route = createFileRoute("/_framed/w/$workspace/accounts/$id")({
  beforeLoad: needs("people.read"),
  loader: async ({ context: { queryClient }, params: { workspace, id } }) => {
    void queryClient.prefetchQuery(accountPeopleQuery(workspace, id));
    await queryClient.ensureQueryData(accountQuery(workspace, id));
  },
  component: AccountPage,
});
