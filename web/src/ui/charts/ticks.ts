import { addDays, type Day, daysBetween, startOfWeek } from "../day";
import { formatDay, formatMonth, formatMonthShort } from "../format";

/** Steps that read well, as multiples of a power of ten. */
const steps = [1, 2, 2.5, 5];

/**
 * Ticks from at or below `low` to at or above `high`, always through 0, at most `most` of them.
 * `finest` is the smallest step that makes sense: 1 for counts, 0.01 for shares.
 */
export function niceTicks(low: number, high: number, most = 6, finest = 1): number[] {
  const bottom = Math.min(0, low);
  const top = Math.max(0, high, bottom === 0 ? finest : 0);
  for (let power = Math.floor(Math.log10(finest)); ; power += 1) {
    for (const step of steps) {
      // A quarter of a single person is not a tick.
      if (step === 2.5 && 10 ** power <= finest) continue;
      const size = round(step * 10 ** power);
      if (size < finest) continue;
      const below = Math.ceil(round(-bottom / size));
      const above = Math.ceil(round(top / size));
      if (below + above + 1 > most) continue;
      return Array.from({ length: below + above + 1 }, (_, at) => round((at - below) * size));
    }
  }
}

/** Shares run from 0 to 100 %, unless all of them lie below 20 %. */
export function shareTicks(values: readonly (number | null)[], most = 6): number[] {
  const high = Math.max(0, ...values.map((value) => value ?? 0));
  if (high < 0.2) return niceTicks(0, high, most, 0.01);
  return most >= 6 ? [0, 0.2, 0.4, 0.6, 0.8, 1] : [0, 0.5, 1];
}

/** Binary fractions would print 0.30000000000000004. */
function round(value: number): number {
  return Number(value.toPrecision(12));
}

export interface Tick {
  at: number;
  label: string;
}

type Level = "day" | "month" | "year";

/** From fine to coarse: what a tick stands for, and the group whose first day carries it. */
const groups: { level: Level; group: (day: Day) => number | string }[] = [
  { level: "day", group: dayNumber },
  { level: "day", group: (day) => Math.floor(dayNumber(day) / 2) },
  { level: "day", group: startOfWeek },
  { level: "day", group: (day) => Math.floor((dayNumber(day) + 3) / 14) },
  ...[1, 2, 3, 6].map((months) => ({
    level: "month" as const,
    group: (day: Day) => Math.floor(monthNumber(day) / months),
  })),
  ...[1, 2, 5, 10, 20].map((years) => ({
    level: "year" as const,
    group: (day: Day) => Math.floor(Number(day.slice(0, 4)) / years),
  })),
];

function dayNumber(day: Day): number {
  return daysBetween("1970-01-01", day);
}

function monthNumber(day: Day): number {
  return Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1;
}

/**
 * Ticks on evenly spaced days (or starts of weeks or months), at most `most`: on Mondays, firsts
 * of months or of years, whichever is the finest that fits.
 */
export function dayTicks(days: readonly Day[], most: number): Tick[] {
  const first = days[0];
  if (first === undefined) return [];
  const spacing = days[1] === undefined ? 1 : daysBetween(first, days[1]);
  const monthly = spacing >= 28;
  for (const { level, group } of groups) {
    if (monthly && level === "day") continue;
    const at: number[] = [];
    let before = group(addDays(first, -spacing));
    days.forEach((day, index) => {
      const here = group(day);
      if (here !== before) at.push(index);
      before = here;
    });
    if (at.length > most) continue;
    return at.map((index, order) => ({
      at: index,
      label: dayTickLabel(days[index] ?? first, level, order === 0),
    }));
  }
  return [];
}

function dayTickLabel(day: Day, level: Level, first: boolean): string {
  if (level === "year") return day.slice(0, 4);
  if (level === "day") return formatDay(day, day);
  return first || day.slice(5, 7) === "01" ? formatMonth(day) : formatMonthShort(day);
}

/** Every n-th of numbered or named steps, beginning with the first, at most `most`. */
export function stepTicks(labels: readonly string[], most: number): Tick[] {
  const every = Math.max(1, Math.ceil(labels.length / Math.max(1, most)));
  return labels.flatMap((label, at) => (at % every === 0 ? [{ at, label }] : []));
}
