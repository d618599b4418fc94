import { createFileRoute } from "@tanstack/react-router";
import { KeysPage } from "@/features/keys/KeysPage";
import { tokensQuery, writeKeysQuery } from "@/features/keys/queries";
import { needs } from "@/session/guard";

export const Route = createFileRoute("/_framed/w/$workspace/keys")({
  beforeLoad: needs("keys.write"),
  loader: ({ context: { queryClient }, params: { workspace } }) => {
    void queryClient.prefetchInfiniteQuery(writeKeysQuery(workspace));
    void queryClient.prefetchInfiniteQuery(tokensQuery(workspace));
  },
  component: KeysPage,
});
