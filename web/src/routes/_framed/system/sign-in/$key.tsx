import { createFileRoute } from "@tanstack/react-router";
import { sourcesQuery } from "@/features/sources/queries";
import { SourcePage } from "@/features/sources/SourcePage";
import { needs } from "@/session/guard";

export const Route = createFileRoute("/_framed/system/sign-in/$key")({
  beforeLoad: needs("sources.read"),
  loader: ({ context: { queryClient } }) => {
    void queryClient.prefetchInfiniteQuery(sourcesQuery);
  },
  component: SourcePage,
});
