/*
 * A day is a plain date of the workspace's zone, written YYYY-MM-DD, and is never shifted by the
 * reader's zone. Arithmetic runs in UTC, where every day has 24 hours.
 */

export type Day = string;

const DAY_MS = 86_400_000;

function toUtc(day: Day): number {
  const [year, month, date] = day.split("-").map(Number);
  return Date.UTC(year ?? 1970, (month ?? 1) - 1, date ?? 1);
}

function fromUtc(ms: number): Day {
  return new Date(ms).toISOString().slice(0, 10);
}

export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && fromUtc(toUtc(text)) === text;
}

/** The plain date as a UTC instant, for scales and `Intl` with `timeZone: "UTC"`. */
export function dayToDate(day: Day): Date {
  return new Date(toUtc(day));
}

export function addDays(day: Day, count: number): Day {
  return fromUtc(toUtc(day) + count * DAY_MS);
}

export function addMonths(day: Day, count: number): Day {
  const date = dayToDate(day);
  const first = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + count, 1);
  const length = new Date(
    Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + count + 1, 0),
  ).getUTCDate();
  return fromUtc(first + (Math.min(date.getUTCDate(), length) - 1) * DAY_MS);
}

/** Days from `from` to `to`; 0 when equal. */
export function daysBetween(from: Day, to: Day): number {
  return Math.round((toUtc(to) - toUtc(from)) / DAY_MS);
}

/** 0 is Monday, since weeks begin on Monday here. */
export function weekday(day: Day): number {
  return (dayToDate(day).getUTCDay() + 6) % 7;
}

export function startOfWeek(day: Day): Day {
  return addDays(day, -weekday(day));
}

export function startOfMonth(day: Day): Day {
  return `${day.slice(0, 7)}-01`;
}

export function endOfMonth(day: Day): Day {
  return addDays(startOfMonth(addMonths(startOfMonth(day), 1)), -1);
}

export function eachDay(from: Day, to: Day): Day[] {
  return Array.from({ length: daysBetween(from, to) + 1 }, (_, at) => addDays(from, at));
}

/** The calendar day an instant falls on in a zone. */
export function dayInZone(instant: Date, timeZone: string): Day {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  }).formatToParts(instant);
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}`;
}
