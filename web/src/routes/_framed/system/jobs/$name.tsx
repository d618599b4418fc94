import { createFileRoute } from "@tanstack/react-router";
import { JobPage } from "@/features/system/JobPage";
import { jobsQuery, runsQuery, runsSearch } from "@/features/system/queries";
import { needs } from "@/session/guard";

export const Route = createFileRoute("/_framed/system/jobs/$name")({
  beforeLoad: needs("system.read"),
  validateSearch: runsSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ context: { queryClient }, params: { name }, deps }) => {
    void queryClient.prefetchQuery(jobsQuery);
    void queryClient.prefetchInfiniteQuery(runsQuery(name, deps));
  },
  component: JobPage,
});
