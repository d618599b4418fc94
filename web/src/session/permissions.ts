import type { Schema } from "@/api/client";

export type Role = Schema["Workspace"]["role"];

/*
 * What each console role may do. The server decides; this copy only keeps doors out of sight that
 * would not open.
 */
const granted = {
  "people.read": ["owner", "admin", "success", "builder", "viewer"],
  "accounts.read": ["owner", "admin", "success", "viewer"],
  "apps.read": ["owner", "admin", "success", "builder", "viewer"],
  "apps.write": ["owner", "admin", "builder"],
  "metrics.read": ["owner", "admin", "success", "builder", "viewer"],
  "inspector.read": ["owner", "admin", "builder"],
  "events.send": ["owner", "admin", "builder"],
  "keys.write": ["owner", "admin"],
  "tokens.write": ["owner", "admin"],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof granted;

export function roleMay(role: Role, permission: Permission): boolean {
  return (granted[permission] as readonly Role[]).includes(role);
}
