import { createFileRoute, redirect } from "@tanstack/react-router";

export const Route = createFileRoute("/_framed/docs/")({
  beforeLoad: () => {
    throw redirect({ to: "/docs/$page", params: { page: "overview" }, replace: true });
  },
});
