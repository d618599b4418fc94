import { createFileRoute } from "@tanstack/react-router";
import { appRetentionSearch } from "@/features/apps/queries";
import { RetentionTab } from "@/features/apps/RetentionTab";

export const Route = createFileRoute("/_framed/w/$workspace/apps/$app/retention")({
  validateSearch: appRetentionSearch,
  component: RetentionTab,
});
