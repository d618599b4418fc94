import { createFileRoute } from "@tanstack/react-router";
import { Frame } from "@/features/frame/Frame";
import { startOf } from "@/session/start";

export const Route = createFileRoute("/_framed")({
  // Every page but the sign-in stands in it, so a chunk of its own would only come later.
  codeSplitGroupings: [],
  beforeLoad: ({ context, location }) => startOf(context.queryClient, location.href),
  component: Frame,
});
