import { createFileRoute } from "@tanstack/react-router";
import { BackupsPage } from "@/features/system/BackupsPage";
import { backupsQuery } from "@/features/system/queries";
import { needs } from "@/session/guard";

export const Route = createFileRoute("/_framed/system/backups")({
  beforeLoad: needs("system.read"),
  loader: ({ context: { queryClient } }) => {
    void queryClient.prefetchQuery(backupsQuery);
  },
  component: BackupsPage,
});
