import { createFileRoute } from "@tanstack/react-router";
import { PeoplePage } from "@/features/people/PeoplePage";
import { peopleQuery } from "@/features/people/queries";
import { peopleSearch } from "@/features/people/search";
import { needs } from "@/session/guard";

export const Route = createFileRoute("/_framed/w/$workspace/people/")({
  validateSearch: peopleSearch,
  beforeLoad: needs("people.read"),
  loaderDeps: ({ search }) => peopleSearch({ ...search }),
  loader: ({ context, params, deps }) => {
    void context.queryClient.prefetchInfiniteQuery(peopleQuery(params.workspace, deps));
  },
  component: PeoplePage,
});
