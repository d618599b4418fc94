import { createFileRoute } from "@tanstack/react-router";
import { WorkspacesPage } from "@/features/system/WorkspacesPage";
import { needs } from "@/session/guard";

export const Route = createFileRoute("/_framed/system/workspaces")({
  beforeLoad: needs("system.read"),
  component: WorkspacesPage,
});
