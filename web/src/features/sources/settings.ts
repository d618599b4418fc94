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
    "timeout",
  ],
  people: [
    "user_base",
    "user_filter",
    "group_base",
    "group_filter",
    "nested_groups",
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
  page: ["auto_login", "login_prompt", "prompt", "max_age"],
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

export type FieldKind = "text" | "secret" | "switch" | "number" | "list" | "map";

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

export function kindOf({
  key,
  value,
  secret,
}: Pick<SourceSetting, "key" | "value" | "secret">): FieldKind {
  if (secret) return "secret";
  if (typeof value === "boolean" || SWITCHES.has(key)) return "switch";
  if (Array.isArray(value) || LISTS.has(key)) return "list";
  if (typeof value === "number") return "number";
  if ((value && typeof value === "object") || key === "role_mappings") return "map";
  return "text";
}

/** A value as its field shows it: lists by the line, a map as readable JSON. */
export function shown(setting: SourceSetting): string | boolean {
  const { value } = setting;
  switch (kindOf(setting)) {
    case "secret":
      return "";
    case "switch":
      return value === true || value === "true";
    case "list":
      return Array.isArray(value) ? value.join("\n") : String(value ?? "");
    case "map":
      if (!value || (typeof value === "object" && Object.keys(value).length === 0)) return "";
      return typeof value === "string" ? value : JSON.stringify(value, null, 2);
    default:
      return value === null || value === undefined ? "" : String(value);
  }
}

/** What is sent for what was typed; undefined where it cannot be read. */
export function typed(setting: SourceSetting, text: string | boolean): unknown {
  if (typeof text === "boolean") return text;
  switch (kindOf(setting)) {
    case "list":
      return text
        .split(/[\n,]/)
        .map((line) => line.trim())
        .filter(Boolean);
    case "number":
      return text.trim() === "" ? null : Number(text);
    case "map":
      return mapOf(text);
    default:
      return text.trim() === "" ? null : text.trim();
  }
}

function mapOf(text: string): unknown {
  if (text.trim() === "") return {};
  try {
    const map: unknown = JSON.parse(text);
    return map && typeof map === "object" && !Array.isArray(map) ? map : undefined;
  } catch {
    return undefined;
  }
}

/** Where it points: the first thing one wants to know of a source. */
export function addressOf({ settings }: Source): string | null {
  const found = settings.find(({ key }) => key === "issuer" || key === "url");
  return typeof found?.value === "string" && found.value !== "" ? found.value : null;
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
