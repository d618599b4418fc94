import { createFileRoute, redirect } from "@tanstack/react-router";

export const Route = createFileRoute("/_framed/system/")({
  beforeLoad: () => {
    throw redirect({ to: "/system/health", replace: true });
  },
});
