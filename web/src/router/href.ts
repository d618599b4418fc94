import { type RegisteredRouter, type ToPathOption, useRouter } from "@tanstack/react-router";
import { useCallback } from "react";

type To = ToPathOption<RegisteredRouter, "/", "">;

interface Target {
  to: To;
  params?: Record<string, string>;
  search?: Record<string, unknown>;
}

/** Makes the address of a route, for furniture that takes `href`. The route name is checked. */
export function useHref(): (target: Target) => string {
  const router = useRouter();
  return useCallback(
    // The builder's own type wants literals per route; names are checked by `To`, and a missing
    // parameter would show at once as a broken address.
    (target) => router.buildLocation(target as Parameters<typeof router.buildLocation>[0]).href,
    [router],
  );
}
