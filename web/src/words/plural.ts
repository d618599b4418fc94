import { formatExact } from "@/ui/format";

/** `1 person`, `1,204 people`; the noun agrees, the number is written out exactly. */
export function counted(count: number, one: string, many: string): string {
  return `${formatExact(count)} ${count === 1 ? one : many}`;
}

export const peopleCount = (count: number) => counted(count, "person", "people");
export const appCount = (count: number) => counted(count, "app", "apps");
export const accountCount = (count: number) => counted(count, "account", "accounts");
export const eventCount = (count: number) => counted(count, "event", "events");
export const dayCount = (count: number) => counted(count, "day", "days");
