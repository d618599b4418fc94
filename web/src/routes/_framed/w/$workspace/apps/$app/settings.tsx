import { createFileRoute } from "@tanstack/react-router";
import { SettingsTab } from "@/features/apps/SettingsTab";

export const Route = createFileRoute("/_framed/w/$workspace/apps/$app/settings")({
  component: SettingsTab,
});
