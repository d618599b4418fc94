import type { Schema } from "@/api/client";

export type Role = Schema["Role"];

/** The permissions this console asks about, by the server's own names. */
export type Permission =
  | "metrics.read"
  | "apps.read"
  | "apps.write"
  | "people.read"
  | "people.merge"
  | "people.unmask_ask"
  | "people.unmask_approve"
  | "privacy.read"
  | "privacy.write"
  | "inspector.read"
  | "inspector.write"
  | "write_keys.read"
  | "write_keys.write"
  | "tokens.read"
  | "tokens.write"
  | "workspaces.read"
  | "workspaces.write"
  | "system.read"
  | "system.manage"
  | "users.read"
  | "users.write"
  | "sources.read"
  | "sources.write"
  | "sessions.read"
  | "sessions.write"
  | "audit.read";

/** What the reader may do in one workspace, as the server lists it. */
export interface Access {
  role: Role;
  may: (permission: Permission) => boolean;
}

/** Doors that would not open are kept out of sight; the server decides in any case. */
export function accessTo(me: Schema["Me"], workspace: { slug: string; role: Role }): Access {
  const permissions = new Set(
    me.roles
      .filter((each) => each.workspace === workspace.slug)
      .flatMap((each) => each.permissions),
  );
  return { role: workspace.role, may: (permission) => permissions.has(permission) };
}

/** Rights over the whole installation are held in this workspace. */
const INSTALLATION = "default";

/** What the reader may do with the installation itself. */
export function installationAccess(me: Schema["Me"]): Access {
  const held = me.roles.find((each) => each.workspace === INSTALLATION);
  return accessTo(me, { slug: INSTALLATION, role: held?.role ?? "viewer" });
}
