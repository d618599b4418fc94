import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";
import type { Schema } from "@/api/client";
import { dayInZone } from "@/ui/day";
import { Tip } from "@/ui/Tip";
import { session as words } from "@/words/session";
import { accessTo, installationAccess, type Permission } from "./permissions";
import { meQuery, openTo, signInQuery, workspacesQuery } from "./queries";

export function useMe() {
  return useSuspenseQuery(meQuery).data;
}

export type Workspace = Schema["Workspace"];

export function useWorkspaces(): Workspace[] {
  return openTo(useMe(), useSuspenseQuery(workspacesQuery).data.items);
}

let visited: string | undefined;

/** The workspace of the address; on pages outside one, the one before, or the first there is. */
export function useWorkspace(): Workspace {
  const { workspace } = useParams({ strict: false });
  const all = useWorkspaces();
  useEffect(() => {
    visited = workspace ?? visited;
  }, [workspace]);
  const slug = workspace ?? visited;
  const found = all.find((each) => each.slug === slug) ?? all[0];
  if (!found) throw new Error(words.noWorkspace);
  return found;
}

/** Today in the zone of the workspace. */
export function useToday(): string {
  return dayInZone(new Date(), useWorkspace().time_zone);
}

export function useCan(): (permission: Permission) => boolean {
  return accessTo(useMe(), useWorkspace()).may;
}

/** What the reader may do with the installation itself. */
export function useCanManage(): (permission: Permission) => boolean {
  return installationAccess(useMe()).may;
}

/** What a sign-in source is called on the sign-in page; the password kept here has a word of its own. */
export function useDoorName(): (source: string) => string {
  const { data } = useQuery(signInQuery);
  return (source) =>
    source === "local" || source === "break-glass"
      ? words.here
      : (data?.sources.find(({ key }) => key === source)?.name ?? source);
}

interface GateProps {
  permission: Permission;
  /** Shows the child out of action with the reason, instead of hiding it. */
  explain?: (reason: string) => ReactNode;
  children: ReactNode;
}

/** Hides, or explains, what the reader's role may not do. */
export function Gate({ permission, explain, children }: GateProps) {
  const can = useCan();
  if (can(permission)) return children;
  if (!explain) return null;
  const reason = words.needs(permission);
  return (
    <Tip label={reason}>
      <span>{explain(reason)}</span>
    </Tip>
  );
}
