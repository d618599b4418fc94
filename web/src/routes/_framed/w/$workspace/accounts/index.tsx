import { createFileRoute } from "@tanstack/react-router";
import { AccountsPage } from "@/features/accounts/AccountsPage";
import { accountsQuery } from "@/features/accounts/queries";
import { accountsSearch } from "@/features/accounts/search";
import { needs } from "@/session/guard";

export const Route = createFileRoute("/_framed/w/$workspace/accounts/")({
  validateSearch: accountsSearch,
  beforeLoad: needs("people.read"),
  loaderDeps: ({ search }) => accountsSearch({ ...search }),
  loader: ({ context, params, deps }) => {
    void context.queryClient.prefetchInfiniteQuery(accountsQuery(params.workspace, deps));
  },
  component: AccountsPage,
});
