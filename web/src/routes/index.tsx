import { createFileRoute, redirect } from "@tanstack/react-router";
import { startOf } from "@/session/start";

export const Route = createFileRoute("/")({
  beforeLoad: async ({ context }) => {
    const { workspaces } = await startOf(context.queryClient, "/");
    const first = workspaces[0];
    throw first
      ? redirect({ to: "/w/$workspace", params: { workspace: first.slug } })
      : redirect({ to: "/docs" });
  },
});
