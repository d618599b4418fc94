import type { Filter } from "@/ui/FilterBar";
import { roles } from "@/words/roles";
import { oneOf } from "./search";

export const ROLES = ["admin", "builder", "end_user"] as const;
export type PersonRole = (typeof ROLES)[number];

export const roleOf = (value: unknown): PersonRole | undefined => oneOf(value, ROLES, undefined);

/** The role as a chip; a second choice replaces the first, since the server takes one. */
export function roleFilter(role: PersonRole | undefined, applies = true): Filter {
  return {
    key: "role",
    label: roles.label,
    options: ROLES.map((value) => ({ value, label: roles[value] })),
    values: role ? [role] : [],
    applies,
  };
}
