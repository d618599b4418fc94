import { createFileRoute } from "@tanstack/react-router";
import { SetUpPage } from "@/features/session/SetUpPage";
import { type RawSearch, textOf } from "@/router/search";

export const Route = createFileRoute("/setup")({
  validateSearch: (raw: RawSearch): { code?: string } => ({ code: textOf(raw.code) }),
  component: SetUpPage,
});
