/** Roles of people in the observed software. */
export const roles = {
  label: "Role",
  admin: "Admin",
  builder: "Builder",
  end_user: "End user",
  many: { admin: "admins", builder: "builders", end_user: "end users" },
} as const;
