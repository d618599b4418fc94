import type { QueryClient } from "@tanstack/react-query";
import { dayInZone } from "@/ui/day";
import type { Schema } from "./client";

type Prefetch = Parameters<QueryClient["prefetchQuery"]>[0];

interface LoaderContext {
  queryClient: QueryClient;
  workspaces: readonly Schema["Workspace"][];
}

/** Starts all questions of a page at once, while its code is still on the way. */
export function prefetchAll({ queryClient }: LoaderContext, queries: Record<string, unknown>) {
  for (const query of Object.values(queries)) void queryClient.prefetchQuery(query as Prefetch);
}

/** Today in the zone of a workspace, where no hook can be asked. */
export function todayIn({ workspaces }: LoaderContext, workspace: string): string {
  const zone = workspaces.find(({ slug }) => slug === workspace)?.time_zone;
  return dayInZone(new Date(), zone ?? "UTC");
}
