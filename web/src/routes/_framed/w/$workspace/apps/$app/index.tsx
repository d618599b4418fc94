import { createFileRoute, redirect } from "@tanstack/react-router";

export const Route = createFileRoute("/_framed/w/$workspace/apps/$app/")({
  beforeLoad: ({ params }) => {
    throw redirect({
      to: "/w/$workspace/apps/$app/overview",
      params,
      search: (old: Record<string, unknown>) => old,
      replace: true,
    });
  },
});
