import { createFileRoute } from "@tanstack/react-router";
import { Frame } from "@/features/frame/Frame";
import { startOf } from "@/session/start";

export const Route = createFileRoute("/_framed")({
  beforeLoad: ({ context, location }) => startOf(context.queryClient, location.href),
  component: Frame,
});
