import type { Source, SourceSetting } from "@/api/access";
import type { sources } from "@/words/sources";

type Group = keyof typeof sources.page.groups;

const GROUPS: Record<Exclude<Group, "more">, readonly string[]> = {
  reach: [
    "issuer",
    "client_id",
    "client_secret",
    "url",
    "start_tls",
    "allow_plain",
    "bind_dn",
    "bind_password",
    "ca_file",
  ],
  people: [
    "user_base",
    "user_filter",
    "group_base",
    "nested_groups",
    "disable_limit",
    "scopes",
    "groups_claim",
  ],
  roles: [
    "auto_provision",
    "role_mappings",
    "allowed_domains",
    "allowed_groups",
    "sync_roles",
    "role_strict",
    "link_by_email",
  ],
  page: ["auto_login", "login_prompt", "max_age"],
};

/** What is asked for when a source is made; the rest has a default. */
export const FIRST: Record<Source["kind"], readonly string[]> = {
  oidc: ["issuer", "client_id", "client_secret"],
  ldap: ["url", "bind_dn", "bind_password", "user_base"],
};

/** Without these a source cannot be reached. */
export const NEEDED: Record<Source["kind"], readonly string[]> = {
  oidc: ["issuer", "client_id"],
  ldap: ["url", "user_base"],
};

/** The settings of a source in the order in which one thinks of them; unknown ones come last. */
export function grouped(settings: readonly SourceSetting[]): [Group, SourceSetting[]][] {
  const known = new Set(Object.values(GROUPS).flat());
  const found = (keys: readonly string[]) =>
    keys.flatMap((key) => settings.find((each) => each.key === key) ?? []);
  const groups: [Group, SourceSetting[]][] = [
    ["reach", found(GROUPS.reach)],
    ["people", found(GROUPS.people)],
    ["roles", found(GROUPS.roles)],
    ["page", found(GROUPS.page)],
    // Its name stands in the head of the page.
    ["more", settings.filter(({ key }) => !known.has(key) && key !== "name")],
  ];
  return groups.filter(([, each]) => each.length > 0);
}

export type FieldKind = "text" | "secret" | "switch" | "list" | "map";

const LISTS = new Set(["allowed_domains", "allowed_groups"]);
const SWITCHES = new Set([
  "auto_provision",
  "sync_roles",
  "role_strict",
  "link_by_email",
  "auto_login",
  "start_tls",
  "allow_plain",
  "nested_groups",
]);

export function kindOf({ key, secret }: Pick<SourceSetting, "key" | "secret">): FieldKind {
  if (secret) return "secret";
  if (SWITCHES.has(key)) return "switch";
  if (LISTS.has(key)) return "list";
  return key === "role_mappings" ? "map" : "text";
}

/** A value as its field shows it: lists by the line, a secret never. */
export function shown(setting: SourceSetting): string | boolean {
  const value = setting.value ?? "";
  switch (kindOf(setting)) {
    case "secret":
      return "";
    case "switch":
      return value === "true";
    case "list":
      return entriesOf(value).join("\n");
    default:
      return value;
  }
}

/** The text that is sent for what was typed; an empty one takes the value away. */
export function typed(setting: SourceSetting, text: string | boolean): string {
  if (typeof text === "boolean") return String(text);
  return kindOf(setting) === "list" ? listOf(text) : text.trim();
}

/** Names of groups may have commas in them, as distinguished names do; then a list is JSON. */
function listOf(text: string): string {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  return lines.some((line) => line.includes(",")) ? JSON.stringify(lines) : lines.join(", ");
}

function entriesOf(value: string): string[] {
  if (value.startsWith("[")) {
    try {
      const list: unknown = JSON.parse(value);
      if (Array.isArray(list)) return list.map(String);
    } catch {
      // Not JSON after all: read as it is written in the environment.
    }
  }
  return value
    .split(",")
    .map((each) => each.trim())
    .filter(Boolean);
}

/** Where it points: the first thing one wants to know of a source. */
export function addressOf({ settings }: Source): string | null {
  const found = settings.find(({ key }) => key === "issuer" || key === "url");
  return found?.value || null;
}

/** A key that may stand in addresses and in the names of environment variables. */
export function keyOf(name: string): string {
  return name
    .toLowerCase()
    .normalize("NFD")
    .replace(/\p{Mark}/gu, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 40);
}
