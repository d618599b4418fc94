import { createFileRoute } from "@tanstack/react-router";
import { SignInPage } from "@/features/session/SignInPage";
import { type RawSearch, textOf } from "@/router/search";

export const Route = createFileRoute("/sign-in")({
  validateSearch: (raw: RawSearch): { to?: string } => ({ to: textOf(raw.to) }),
  component: SignInPage,
});
