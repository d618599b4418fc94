import { createFileRoute } from "@tanstack/react-router";
import { PrivacyPage } from "@/features/privacy/PrivacyPage";
import { requestsQuery, unmaskQuery } from "@/features/privacy/queries";
import { oneOf, type RawSearch, textOf } from "@/router/search";
import { needs } from "@/session/guard";

interface PrivacySearch {
  /** The form for a new request is open. */
  request?: "export" | "erasure";
  person?: string;
}

export const Route = createFileRoute("/_framed/w/$workspace/privacy")({
  beforeLoad: needs("privacy.read"),
  validateSearch: (raw: RawSearch): PrivacySearch => ({
    request: oneOf(raw.request, ["export", "erasure"], undefined),
    person: textOf(raw.person),
  }),
  loader: ({ context: { queryClient }, params: { workspace } }) => {
    void queryClient.prefetchInfiniteQuery(unmaskQuery(workspace));
    void queryClient.prefetchInfiniteQuery(requestsQuery(workspace));
  },
  component: PrivacyPage,
});
