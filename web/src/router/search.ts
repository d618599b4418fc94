import {
  addDays,
  addMonths,
  type Day,
  daysBetween,
  endOfMonth,
  isDay,
  startOfMonth,
} from "@/ui/day";
import { formatSpan } from "@/ui/format";

/*
 * Search parameters carry the API's own names. Values are always text in the address: a list is a
 * repeated name, never JSON.
 */

export type RawSearch = Record<string, unknown>;

export function parseSearch(text: string): RawSearch {
  const found: Record<string, string | string[]> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const before = found[name];
    if (before === undefined) found[name] = value;
    else found[name] = Array.isArray(before) ? [...before, value] : [before, value];
  }
  return found;
}

export function stringifySearch(search: RawSearch): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (value === undefined || value === null || value === "" || value === false) continue;
    for (const each of Array.isArray(value) ? value : [value]) query.append(name, String(each));
  }
  const text = query.toString();
  return text ? `?${text}` : "";
}

/** First value as text; undefined when absent. */
export function textOf(value: unknown): string | undefined {
  const first = Array.isArray(value) ? value[0] : value;
  return typeof first === "string" && first !== "" ? first : undefined;
}

/** One of the allowed words, else the fallback: an unknown value never breaks a page. */
export function oneOf<const T extends string, F extends T | undefined>(
  value: unknown,
  allowed: readonly T[],
  fallback: F,
): T | F {
  return allowed.find((each) => each === textOf(value)) ?? fallback;
}

export function dayOf(value: unknown): Day | undefined {
  const text = textOf(value);
  return text && isDay(text) ? text : undefined;
}

export const RANGES = ["7d", "28d", "90d", "12m", "month"] as const;
export type Range = (typeof RANGES)[number];
export const COMPARES = ["previous", "year", "none"] as const;
export type Compare = (typeof COMPARES)[number];

/** What `/w/:workspace` validates and keeps on every page below it. */
export interface PeriodSearch {
  range?: Range;
  from?: Day;
  to?: Day;
  compare?: Compare;
}

export const DEFAULT_RANGE: Range = "90d";
export const DEFAULT_COMPARE: Compare = "previous";

/** Defaults are left out, so that the shortest address is the usual view. */
export function periodSearch(raw: RawSearch): PeriodSearch {
  const from = dayOf(raw.from);
  const to = dayOf(raw.to);
  const custom = from !== undefined && to !== undefined && from <= to;
  const range = oneOf(raw.range, RANGES, undefined);
  const compare = oneOf(raw.compare, COMPARES, undefined);
  return {
    range: custom || range === DEFAULT_RANGE ? undefined : range,
    from: custom ? from : undefined,
    to: custom ? to : undefined,
    compare: compare === DEFAULT_COMPARE ? undefined : compare,
  };
}

export interface Period {
  from: Day;
  to: Day;
  /** Inclusive number of days. */
  days: number;
  label: string;
  range: Range | "custom";
  compare: Compare;
  /** The span compared with: the same number of days, before or a year earlier. */
  earlier: { from: Day; to: Day; label: string } | null;
}

function spanOf(range: Range, today: Day): { from: Day; to: Day } {
  if (range === "month") return { from: startOfMonth(today), to: today };
  if (range === "12m") return { from: addDays(addMonths(today, -12), 1), to: today };
  return { from: addDays(today, 1 - Number.parseInt(range, 10)), to: today };
}

/** The concrete days of a period search, as of the workspace's today. */
export function resolvePeriod(search: PeriodSearch, today: Day): Period {
  const custom = search.from !== undefined && search.to !== undefined;
  const range = search.range ?? DEFAULT_RANGE;
  const { from, to } =
    custom && search.from && search.to
      ? { from: search.from, to: search.to }
      : spanOf(range, today);
  const days = daysBetween(from, to) + 1;
  const compare = search.compare ?? DEFAULT_COMPARE;
  return {
    from,
    to,
    days,
    label: formatSpan(from, to),
    range: custom ? "custom" : range,
    compare,
    earlier: earlierOf(from, to, days, compare),
  };
}

function earlierOf(from: Day, to: Day, days: number, compare: Compare): Period["earlier"] {
  if (compare === "none") return null;
  const span =
    compare === "year"
      ? { from: addMonths(from, -12), to: addMonths(to, -12) }
      : { from: addDays(from, -days), to: addDays(from, -1) };
  return { ...span, label: formatSpan(span.from, span.to) };
}

/** The period one step earlier or later: whole months move by months, the rest by their length. */
export function stepPeriod(period: Period, today: Day, step: 1 | -1): PeriodSearch {
  const whole = period.from === startOfMonth(period.from);
  if (whole && (period.range === "month" || period.to === endOfMonth(period.from))) {
    const from = addMonths(period.from, step);
    return from === startOfMonth(today) ? { range: "month" } : { from, to: endOfMonth(from) };
  }
  return {
    from: addDays(period.from, step * period.days),
    to: addDays(period.to, step * period.days),
  };
}
