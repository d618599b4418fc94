import { createFileRoute } from "@tanstack/react-router";
import { WorkspacesPage } from "@/features/system/WorkspacesPage";

export const Route = createFileRoute("/_framed/system/workspaces")({ component: WorkspacesPage });
