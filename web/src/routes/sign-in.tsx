import { createFileRoute } from "@tanstack/react-router";
import { SignInPage } from "@/features/session/SignInPage";
import { type RawSearch, textOf } from "@/router/search";

interface SignInSearch {
  to?: string;
  /** Why a sign-in elsewhere failed, as the server says it. */
  problem?: string;
  detail?: string;
  /** The form for a password kept here, where only other sources are offered. */
  local?: boolean;
  /** Somebody signed out, or wants to choose: no source is entered by itself. */
  stay?: boolean;
  way?: string;
}

export const Route = createFileRoute("/sign-in")({
  validateSearch: (raw: RawSearch): SignInSearch => ({
    to: textOf(raw.to),
    problem: textOf(raw.problem),
    detail: textOf(raw.detail),
    local: raw.local === "1" || raw.local === true || undefined,
    stay: raw.stay === "1" || raw.stay === true || undefined,
    way: textOf(raw.way),
  }),
  component: SignInPage,
});
