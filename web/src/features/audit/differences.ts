import { audit as words } from "@/words/audit";

interface Difference {
  name: string;
  /** Absent where the entry states a value without an earlier one. */
  before?: string;
  after: string;
}

/** The detail of an entry by the line: `{"role": ["viewer", "admin"]}` is viewer, then admin. */
export function differencesOf(detail: unknown): Difference[] {
  if (!detail || typeof detail !== "object" || Array.isArray(detail)) return [];
  return Object.entries(detail).map(([key, value]) => {
    const name = key.replaceAll("_", " ");
    return Array.isArray(value) && value.length === 2
      ? { name, before: textOf(value[0]), after: textOf(value[1]) }
      : { name, after: textOf(value) };
  });
}

function textOf(value: unknown): string {
  if (value === null || value === undefined || value === "") return words.nothing;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.length > 0 ? value.map(textOf).join(", ") : words.nothing;
  if (typeof value === "object") return JSON.stringify(value);
  return String(value);
}
