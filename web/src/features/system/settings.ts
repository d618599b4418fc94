import type { Schema } from "@/api/client";

type Settings = Schema["WorkspaceSettings"];

/** Zones the browser knows; the server knows the same names. */
export function zones(): string[] {
  const known = Intl.supportedValuesOf("timeZone");
  return known.includes("UTC") ? known : ["UTC", ...known];
}

export function isZone(name: string): boolean {
  // Offsets such as +02:00 pass the browser, but have no summer time and are no names.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

export const isSlug = (text: string) => /^[a-z0-9][a-z0-9-]{0,62}$/.test(text);

/** A name as it stands in addresses: `Field service` becomes `field-service`. */
export function slugOf(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 63);
}

/** One entry per line; empty lines and doubles are left out. */
export const linesOf = (text: string): string[] => [
  ...new Set(
    text
      .split(/[\n,]/)
      .map((line) => line.trim())
      .filter(Boolean),
  ),
];

/** A whole number within bounds; null for nothing, undefined for anything else. */
export function daysOf(text: string, least: number): number | null | undefined {
  if (text.trim() === "") return null;
  const days = Number(text);
  return Number.isInteger(days) && days >= least && days <= 36_500 ? days : undefined;
}

/** From how many people on a number is shown; undefined for what is no such number. */
export function groupOf(text: string): number | undefined {
  const people = Number(text);
  return Number.isInteger(people) && people >= 1 && people <= 1_000 ? people : undefined;
}

/** What the form holds: everything that is typed as text. */
interface Values {
  name: string;
  time_zone: string;
  retention_days_events: string;
  retention_days_jobs: string;
  excluded: { ids: string; email_domains: string };
  privacy: { pseudonyms: boolean; smallest_group: string; personal_traits: string };
}

/** Only what differs is sent, so that two people changing different things do not undo each other. */
export function changesOf(settings: Settings, values: Values): Schema["ChangeWorkspace"] {
  const ids = linesOf(values.excluded.ids);
  const domains = linesOf(values.excluded.email_domains);
  const events = daysOf(values.retention_days_events, 31) ?? null;
  const jobs = daysOf(values.retention_days_jobs, 1) ?? settings.retention_days_jobs;
  const same = (one: string[], other: string[]) => one.join("\n") === other.join("\n");
  const excluded = {
    ...(same(ids, settings.excluded.ids) ? {} : { ids }),
    ...(same(domains, settings.excluded.email_domains) ? {} : { email_domains: domains }),
  };
  const traits = linesOf(values.privacy.personal_traits);
  const smallest = groupOf(values.privacy.smallest_group) ?? settings.privacy.smallest_group;
  const { pseudonyms } = values.privacy;
  const privacy = {
    ...(pseudonyms === settings.privacy.pseudonyms ? {} : { pseudonyms }),
    ...(smallest === settings.privacy.smallest_group ? {} : { smallest_group: smallest }),
    ...(same(traits, settings.privacy.personal_traits) ? {} : { personal_traits: traits }),
  };
  return {
    ...(values.name.trim() === settings.name ? {} : { name: values.name.trim() }),
    ...(values.time_zone === settings.time_zone ? {} : { time_zone: values.time_zone }),
    ...(events === settings.retention_days_events ? {} : { retention_days_events: events }),
    ...(jobs === settings.retention_days_jobs ? {} : { retention_days_jobs: jobs }),
    ...(Object.keys(excluded).length > 0 ? { excluded } : {}),
    ...(Object.keys(privacy).length > 0 ? { privacy } : {}),
  };
}
