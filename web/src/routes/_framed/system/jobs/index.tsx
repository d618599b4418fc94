import { createFileRoute } from "@tanstack/react-router";
import { JobsPage } from "@/features/system/JobsPage";
import { jobsQuery } from "@/features/system/queries";

export const Route = createFileRoute("/_framed/system/jobs/")({
  loader: ({ context: { queryClient } }) => {
    void queryClient.prefetchQuery(jobsQuery);
  },
  component: JobsPage,
});
