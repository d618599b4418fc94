import { createFileRoute } from "@tanstack/react-router";
import { ManualPage } from "@/features/manual/ManualPage";

export const Route = createFileRoute("/_framed/docs/")({ component: ManualPage });
