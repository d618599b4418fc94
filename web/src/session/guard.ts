import type { Access, Permission, Role } from "./permissions";

/** Thrown by a route that the reader's role may not open; the error page words it. */
export class Forbidden extends Error {
  readonly permission: Permission;
  readonly role: Role;

  constructor(permission: Permission, role: Role) {
    super(permission);
    this.name = "Forbidden";
    this.permission = permission;
    this.role = role;
  }
}

/** For `beforeLoad`: a deep link to a page that is absent from the reader's navigation. */
export function needs(permission: Permission) {
  return ({ context: { access } }: { context: { access: Access } }): void => {
    if (!access.may(permission)) throw new Forbidden(permission, access.role);
  };
}
