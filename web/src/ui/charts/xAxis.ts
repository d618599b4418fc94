import type { Day } from "../day";
import { formatDay, formatPeriod, formatWeekday, type PeriodKind } from "../format";
import { dayTicks, stepTicks, type Tick } from "./ticks";

/** What lies along x: evenly spaced points that can be named, found again and ticked. */
export interface XAxis {
  count: number;
  /** Same key, same place: charts of one page share their cursor by it. */
  key(at: number): string;
  label(at: number): string;
  ticks(most: number): Tick[];
}

/** Days, or the first days of weeks or months. */
export function dayAxis(days: readonly Day[], kind: PeriodKind = "day"): XAxis {
  const word = (day: Day) =>
    kind === "day" ? `${formatWeekday(day)} ${formatDay(day)}` : formatPeriod(day, kind);
  return {
    count: days.length,
    key: (at) => days[at] ?? "",
    label: (at) => (days[at] === undefined ? "" : word(days[at])),
    ticks: (most) => dayTicks(days, most),
  };
}

/** Named steps, such as the weeks since a cohort began. `name` keeps the keys of two axes apart. */
export function stepAxis(
  name: string,
  labels: readonly string[],
  tickLabels: readonly string[] = labels,
): XAxis {
  return {
    count: labels.length,
    key: (at) => `${name} ${at}`,
    label: (at) => labels[at] ?? "",
    ticks: (most) => stepTicks(tickLabels, most),
  };
}
