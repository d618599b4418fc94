import { charts as words } from "@/words/charts";
import { addDays, type Day, daysBetween, eachDay } from "../day";
import { formatDay } from "../format";
import { Area } from "./Area";
import type { Mark, Value } from "./plot";
import { type Cell, countCell, type DaysBehind, type FrameProps } from "./types";
import { dayAxis } from "./xAxis";

interface Span {
  from: Day;
  to: Day;
}

export interface TrendMark {
  day: Day;
  label: string;
  lines?: readonly string[];
}

interface TrendProps extends Omit<FrameProps, "table"> {
  /** What is counted, as the line is named. */
  name: string;
  /** Values by day, over the period and the one it is compared with. */
  values: ReadonlyMap<Day, number>;
  period: Span;
  earlier: Span | null;
  today: Day;
  marks?: readonly TrendMark[];
  /** A drag over the plot chooses these days. */
  onDays?: (from: Day, to: Day) => void;
  /** Opens the people behind the figure of a day. */
  behind?: DaysBehind;
  /** How many days the figure of a day looks back, itself included. */
  lookback?: number;
}

/** A daily figure over a period, with the earlier period behind it day for day. */
export function Trend(props: TrendProps) {
  const { name, values, period, earlier, today, marks = [], onDays, ...rest } = props;
  const { behind, lookback = 1, ...frame } = rest;
  const firstOf = (day: Day) => addDays(day, 1 - lookback);
  const days = eachDay(period.from, period.to);
  const now = days.map((day) => values.get(day) ?? null);
  const pastDay = (at: number) => (earlier ? addDays(earlier.from, at) : "");
  const past: Value[] = earlier ? days.map((_, at) => values.get(pastDay(at)) ?? null) : [];
  // Nothing but zeros before means that there was no earlier period.
  const compared = past.some((value) => value !== null && value > 0);
  const runningFrom = daysBetween(period.from, today);
  const running = runningFrom >= 0 && runningFrom < days.length;

  const columns = [
    { label: words.day },
    { label: name, numeric: true },
    ...(compared ? [{ label: words.earlier, numeric: true }] : []),
  ];
  const rows = days.map((day, at): Cell[] => {
    const text =
      running && at >= runningFrom ? `${formatDay(day)} (${words.soFar})` : formatDay(day);
    const linked = (value: Value, on: Day) =>
      countCell(value ?? null, behind?.href(firstOf(on), on));
    return [
      { value: day, text },
      linked(now[at] ?? null, day),
      ...(compared ? [linked(past[at] ?? null, pastDay(at))] : []),
    ];
  });

  return (
    <Area
      {...frame}
      axis={dayAxis(days)}
      name={name}
      values={now}
      earlier={
        compared
          ? { name: words.earlier, values: past, label: (at) => formatDay(pastDay(at)) }
          : undefined
      }
      running={running ? { from: runningFrom, note: words.todaySoFar } : undefined}
      marks={marks
        .filter((mark) => mark.day >= period.from && mark.day <= period.to)
        .map(
          ({ day, label, lines }): Mark => ({ at: daysBetween(period.from, day), label, lines }),
        )}
      onOpen={
        behind &&
        ((at) => {
          const day = days[at];
          if (day && now[at]) behind.open(firstOf(day), day);
        })
      }
      onBrush={onDays && ((from, to) => onDays(days[from] ?? period.from, days[to] ?? period.to))}
      table={{ caption: frame.title, columns, rows }}
    />
  );
}
