import { createFileRoute, redirect } from "@tanstack/react-router";

export const Route = createFileRoute("/_framed/w/$workspace/lifecycle/")({
  beforeLoad: ({ params }) => {
    throw redirect({
      to: "/w/$workspace/lifecycle/period-lifecycle/time",
      params,
      search: (old: Record<string, unknown>) => old,
      replace: true,
    });
  },
});
