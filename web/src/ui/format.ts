import { type Day, dayToDate } from "./day";

/*
 * The only place that turns numbers and dates into text. Locale is the reader's own; narrow
 * no-break spaces keep a figure and its unit on one line.
 */

const locale = typeof navigator === "undefined" ? "en" : navigator.language;
const THIN = "\u202f";
const MINUS = "\u2212";

const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
const twoDigits = new Intl.NumberFormat(locale, {
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
});

const properMinus = (text: string) => text.replace(/^-/, MINUS);

/** Every digit, for tooltips, tables for reading, and CSV. */
export function formatExact(value: number): string {
  return properMinus(
    Number.isInteger(value)
      ? whole.format(value)
      : new Intl.NumberFormat(locale, { maximumFractionDigits: 4 }).format(value),
  );
}

/** Whole below 10,000, then `12.4 k`, `3.1 m`, `2 bn`. */
export function formatCount(value: number): string {
  const size = Math.abs(value);
  const scaled = (divisor: number, unit: string) =>
    properMinus(`${oneDigit.format(value / divisor)}${THIN}${unit}`);
  if (size < 10_000) return properMinus(whole.format(value));
  if (size < 999_950) return scaled(1_000, "k");
  if (size < 999_950_000) return scaled(1_000_000, "m");
  return scaled(1_000_000_000, "bn");
}

/** True when `formatCount` leaves digits out. */
export function isShortened(value: number): boolean {
  return Math.abs(value) >= 10_000;
}

/** A ratio of 0…1 and above: `7.4 %` below 10 %, else `42 %`. */
export function formatShare(ratio: number): string {
  const percent = ratio * 100;
  const digits = Math.abs(percent) < 9.95 && percent !== 0 ? oneDigit : whole;
  return properMinus(`${digits.format(percent)}${THIN}%`);
}

/** Change of a share, in percentage points. */
export function formatPoints(change: number): string {
  return `${properMinus(oneDigit.format(change * 100))}${THIN}pp`;
}

/** A ratio shown as such, like stickiness: `0.34`. */
export function formatRatio(ratio: number): string {
  return properMinus(twoDigits.format(ratio));
}

/** Money of a trait: its currency is whatever the sender counts in. No cents from 1,000 up. */
export function formatMoney(value: number): string {
  const digits = Math.abs(value) >= 1_000 || Number.isInteger(value) ? whole : twoDigits;
  return properMinus(digits.format(value));
}

const plainDate = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" });
const dayShort = plainDate({ day: "numeric", month: "short" });
const dayLong = plainDate({ day: "numeric", month: "short", year: "numeric" });
const monthYear = plainDate({ month: "short", year: "numeric" });
const monthShort = plainDate({ month: "short" });
const weekdayShort = plainDate({ weekday: "short" });

/** `2 Mar 2026`, without the year when it is the year of `near`. */
export function formatDay(day: Day, near?: Day): string {
  const same = near !== undefined && near.slice(0, 4) === day.slice(0, 4);
  return (same ? dayShort : dayLong).format(dayToDate(day));
}

export function formatWeekday(day: Day): string {
  return weekdayShort.format(dayToDate(day));
}

export function formatMonth(day: Day): string {
  return monthYear.format(dayToDate(day));
}

/** `Mar`, where the year is clear from its neighbours. */
export function formatMonthShort(day: Day): string {
  return monthShort.format(dayToDate(day));
}

export type PeriodKind = "day" | "week" | "month";

/** `2 Mar`, `week of 2 Mar`, `Mar 2026`. */
export function formatPeriod(start: Day, kind: PeriodKind, near?: Day): string {
  if (kind === "month") return formatMonth(start);
  if (kind === "week") return `week of ${formatDay(start, near)}`;
  return formatDay(start, near);
}

/** `12 Dec 2025 – 11 Mar 2026`. */
export function formatSpan(from: Day, to: Day): string {
  if (from === to) return formatDay(from);
  return `${formatDay(from, to)}${"\u2009"}–${"\u2009"}${formatDay(to)}`;
}

const instantLocal = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" });
const instantUtc = new Intl.DateTimeFormat(locale, {
  dateStyle: "medium",
  timeStyle: "medium",
  timeZone: "UTC",
});
const clock = new Intl.DateTimeFormat(locale, { timeStyle: "medium", hourCycle: "h23" });
const clockShort = new Intl.DateTimeFormat(locale, { timeStyle: "short", hourCycle: "h23" });
const dateOfInstant = new Intl.DateTimeFormat(locale, {
  day: "numeric",
  month: "short",
  year: "numeric",
});

/** Relative below seven days, then the date, in the reader's zone. */
export function formatInstant(iso: string, now = Date.now()): string {
  const then = Date.parse(iso);
  const seconds = Math.round((now - then) / 1000);
  if (seconds < 0) return formatAhead(-seconds, then);
  if (seconds < 45) return "just now";
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.round(minutes / 60);
  if (hours < 24) return `${hours} h ago`;
  const days = Math.round(hours / 24);
  return days < 7 ? `${days} d ago` : dateOfInstant.format(then);
}

function formatAhead(seconds: number, then: number): string {
  if (seconds < 45) return "in a moment";
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `in ${minutes} min`;
  const hours = Math.round(minutes / 60);
  if (hours < 24) return `in ${hours} h`;
  const days = Math.round(hours / 24);
  return days < 7 ? `in ${days} d` : dateOfInstant.format(then);
}

/** `340 ms`, `4.1 s`, `2 min 5 s`, `3 h 12 min`. */
export function formatDuration(millis: number): string {
  if (millis < 1_000) return `${whole.format(millis)}${THIN}ms`;
  const seconds = millis / 1_000;
  if (seconds < 9.95) return `${oneDigit.format(seconds)}${THIN}s`;
  const all = Math.round(seconds);
  if (all < 60) return `${all}${THIN}s`;
  const minutes = Math.floor(all / 60);
  if (minutes < 60) return `${minutes}${THIN}min ${all % 60}${THIN}s`;
  return `${Math.floor(minutes / 60)}${THIN}h ${minutes % 60}${THIN}min`;
}

/** `38.2 MB`: decimal units, as disks are sold. */
export function formatBytes(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let [size, unit] = [bytes, 0];
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1_000;
    unit += 1;
  }
  return properMinus(
    `${(size < 99.95 && unit > 0 ? oneDigit : whole).format(size)}${THIN}${units[unit]}`,
  );
}

/** Both readings of an instant, for tooltips. */
export function formatInstantFull(iso: string): string {
  const then = Date.parse(iso);
  return `${instantLocal.format(then)} here, ${instantUtc.format(then)} UTC`;
}

/** `09:14:02.113` in the reader's zone. */
export function formatClock(iso: string, millis = false): string {
  const then = new Date(iso);
  const text = clock.format(then);
  return millis ? `${text}.${String(then.getMilliseconds()).padStart(3, "0")}` : text;
}

export function formatClockShort(iso: string | number): string {
  return clockShort.format(new Date(iso));
}

export type Direction = "up" | "down" | "level" | "none";

export interface Change {
  direction: Direction;
  /** `12 %`, unsigned: the arrow carries the sign. Null without anything to compare with. */
  text: string | null;
}

/** Relative change; under half a percent counts as level. */
export function changeOf(now: number, before: number | null | undefined): Change {
  if (before === null || before === undefined) return { direction: "none", text: null };
  if (before === 0) return { direction: now === 0 ? "level" : "up", text: now === 0 ? "0" : "new" };
  const ratio = (now - before) / before;
  if (Math.abs(ratio) < 0.005) return { direction: "level", text: formatShare(0) };
  return { direction: ratio > 0 ? "up" : "down", text: formatShare(Math.abs(ratio)) };
}

/** Change between two shares, in points. */
export function pointsOf(now: number, before: number | null | undefined): Change {
  if (before === null || before === undefined) return { direction: "none", text: null };
  const change = now - before;
  if (Math.abs(change) < 0.0005) return { direction: "level", text: formatPoints(0) };
  return { direction: change > 0 ? "up" : "down", text: formatPoints(Math.abs(change)) };
}

/** The date of an instant in the reader's zone, for what lies ahead. */
export function formatInstantDay(iso: string): string {
  return dateOfInstant.format(Date.parse(iso));
}
