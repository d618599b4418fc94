import { addDays, type Day } from "../day";

export interface ActiveDay {
  date: Day;
  /** null where privacy hides so few people. */
  dau: number | null;
  wau: number | null;
  mau: number | null;
  active_accounts: number;
  stickiness: number | null;
  suppressed?: boolean;
}

export const MEASURES = ["day", "week", "month"] as const;
export type Measure = (typeof MEASURES)[number];

/** The column of the answer that counts over a day, 7 days or 28 days. */
export const measured = { day: "dau", week: "wau", month: "mau" } as const;

export function valuesBy(
  days: readonly ActiveDay[],
  column: Exclude<keyof ActiveDay, "date" | "suppressed">,
): Map<Day, number> {
  const values = new Map<Day, number>();
  for (const day of days) {
    const value = day[column];
    if (value !== null) values.set(day.date, value);
  }
  return values;
}

/** Whether privacy hides a figure of some day. */
export const hidesSome = (rows: readonly { suppressed?: boolean }[]) =>
  rows.some(({ suppressed }) => suppressed === true);

/** The last day of the period that is over: a day still running is no fair comparison. */
export function lastWholeDay(to: Day, today: Day): Day {
  return to < today ? to : addDays(today, -1);
}

export interface Compared {
  now: number | null;
  /** null when there was no earlier period. */
  before: number | null;
}

/** A trailing 28-day figure on a day, and the same of the 28 days before. */
export function compared(values: ReadonlyMap<Day, number>, day: Day): Compared {
  const before = values.get(addDays(day, -28)) ?? null;
  return { now: values.get(day) ?? null, before: before === 0 ? null : before };
}
