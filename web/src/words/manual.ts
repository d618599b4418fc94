/** The pages of the manual in reading order; each is `docs/<key>.md`. */
export const pages = [
  { key: "overview", title: "What Takehold shows" },
  { key: "words", title: "Words" },
  { key: "sending-events", title: "Sending events" },
  { key: "importing", title: "Importing files" },
  { key: "definitions", title: "Definitions of every number" },
  { key: "privacy", title: "Who sees what" },
  { key: "install", title: "Install" },
  { key: "configuration", title: "Configuration" },
  { key: "sign-on", title: "Sign-on" },
  { key: "users-and-roles", title: "Users and roles" },
  { key: "audit", title: "The audit log" },
  { key: "operation", title: "Operation" },
  { key: "backup", title: "Backup" },
  { key: "upgrade", title: "Upgrade" },
  { key: "sizing", title: "Sizing" },
  { key: "hardening", title: "Hardening" },
  { key: "air-gap", title: "Air gap" },
  { key: "troubleshooting", title: "Troubleshooting" },
] as const;

export const manual = {
  title: "Manual",
  contents: "Pages",
  missing: "The manual has no such page.",
} as const;
