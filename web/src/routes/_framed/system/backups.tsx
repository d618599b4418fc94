import { createFileRoute } from "@tanstack/react-router";
import { BackupsPage } from "@/features/system/BackupsPage";
import { backupsQuery } from "@/features/system/queries";

export const Route = createFileRoute("/_framed/system/backups")({
  loader: ({ context: { queryClient } }) => {
    void queryClient.prefetchQuery(backupsQuery);
  },
  component: BackupsPage,
});
