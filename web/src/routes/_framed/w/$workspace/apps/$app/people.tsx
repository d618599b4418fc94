import { createFileRoute } from "@tanstack/react-router";
import { PeopleTab } from "@/features/apps/PeopleTab";
import { appPeopleQuery, appPeopleSearch } from "@/features/apps/queries";

export const Route = createFileRoute("/_framed/w/$workspace/apps/$app/people")({
  validateSearch: appPeopleSearch,
  loaderDeps: ({ search: { q, sort, role } }) => ({ q, sort, role }),
  loader: ({ context, params: { workspace, app }, deps }) => {
    void context.queryClient.prefetchInfiniteQuery(appPeopleQuery(workspace, app, deps));
  },
  component: PeopleTab,
});
