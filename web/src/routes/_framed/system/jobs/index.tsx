import { createFileRoute } from "@tanstack/react-router";
import { JobsPage } from "@/features/system/JobsPage";
import { jobsQuery } from "@/features/system/queries";
import { needs } from "@/session/guard";

export const Route = createFileRoute("/_framed/system/jobs/")({
  beforeLoad: needs("system.read"),
  loader: ({ context: { queryClient } }) => {
    void queryClient.prefetchQuery(jobsQuery);
  },
  component: JobsPage,
});
