import { createFileRoute } from "@tanstack/react-router";
import { InspectorPage } from "@/features/inspector/InspectorPage";
import { inspectorSearch } from "@/features/inspector/search";
import { needs } from "@/session/guard";

export const Route = createFileRoute("/_framed/w/$workspace/inspector")({
  validateSearch: inspectorSearch,
  beforeLoad: needs("inspector.read"),
  // Another workspace has another stream; nothing of the old one may linger.
  remountDeps: ({ params }) => params.workspace,
  component: InspectorPage,
});
