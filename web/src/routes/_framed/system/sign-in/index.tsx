import { createFileRoute } from "@tanstack/react-router";
import { sourcesQuery } from "@/features/sources/queries";
import { SourcesPage } from "@/features/sources/SourcesPage";
import { needs } from "@/session/guard";

export const Route = createFileRoute("/_framed/system/sign-in/")({
  beforeLoad: needs("sources.read"),
  loader: ({ context: { queryClient } }) => {
    void queryClient.prefetchInfiniteQuery(sourcesQuery);
  },
  component: SourcesPage,
});
