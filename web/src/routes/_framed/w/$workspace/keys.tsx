import { createFileRoute } from "@tanstack/react-router";
import { tokensQuery } from "@/api/tokens";
import { KeysPage } from "@/features/keys/KeysPage";
import { writeKeysQuery } from "@/features/keys/queries";
import { needs } from "@/session/guard";

export const Route = createFileRoute("/_framed/w/$workspace/keys")({
  beforeLoad: needs("write_keys.read"),
  loader: ({ context: { queryClient, access }, params: { workspace } }) => {
    void queryClient.prefetchInfiniteQuery(writeKeysQuery(workspace));
    if (access.may("tokens.read")) {
      void queryClient.prefetchInfiniteQuery(tokensQuery(workspace));
    }
  },
  component: KeysPage,
});
