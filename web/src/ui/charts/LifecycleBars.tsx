import { charts } from "@/words/charts";
import { spokenPeriod, lifecycle as words } from "@/words/lifecycle";
import { stageColour } from "../badges";
import { addDays, addMonths, type Day, daysBetween, endOfMonth } from "../day";
import { formatExact, formatPeriod, formatRatio, type PeriodKind } from "../format";
import { hidesSome } from "./activeDays";
import { Bars } from "./Bars";
import { stepOn } from "./cohorts";
import { type Cell, type ChartTable, countCell, type FrameProps } from "./types";
import { dayAxis } from "./xAxis";

export interface LifecyclePeriod {
  start: Day;
  /** null where privacy hides so few people, like the parts beneath. */
  active: number | null;
  new: number | null;
  current: number | null;
  resurrected: number | null;
  dormant: number | null;
  quick_ratio: number | null;
  running: boolean;
  suppressed?: boolean;
}

interface LifecycleBarsProps extends Omit<FrameProps, "table" | "summary"> {
  periods: readonly LifecyclePeriod[];
  kind: PeriodKind;
  today: Day;
  /** Opens one period, from its first day to its last. */
  onOpen?: (from: Day, to: Day) => void;
  peopleHref?: PeriodHref;
}

/** Where the people are who were active in a period, or began in it. */
export type PeriodHref = (who: "active" | "new", from: Day, to: Day) => string;

const parts = ["current", "resurrected", "new"] as const;

/** In and out per period: what comes stands above zero, who stays away below. */
export function LifecycleBars({
  periods,
  kind,
  today,
  onOpen,
  peopleHref,
  ...frame
}: LifecycleBarsProps) {
  const runningAt = periods.findIndex((period) => period.running);
  const whole = lastWholePeriod(periods);
  // A day cannot be taken apart.
  const opens = onOpen !== undefined && kind !== "day";
  const ratio = (at: number) => periods[at]?.quick_ratio ?? null;
  return (
    <Bars
      {...frame}
      hidden={hidesSome(periods)}
      summary={
        whole && whole.new !== null && whole.resurrected !== null && whole.dormant !== null
          ? words.bars.summary(
              spokenPeriod(whole.start, kind),
              whole.new + whole.resurrected,
              whole.dormant,
            )
          : whole
            ? charts.hiddenLast
            : words.bars.none
      }
      axis={dayAxis(
        periods.map((period) => period.start),
        kind,
      )}
      series={[
        ...parts.map((part) => ({
          name: words[part],
          colour: stageColour(part),
          values: periods.map((period) => period[part]),
        })),
        {
          name: words.dormant,
          colour: stageColour("dormant"),
          values: periods.map((period) => period.dormant),
          down: true,
        },
      ]}
      running={
        runningAt < 0
          ? undefined
          : { from: runningAt, note: runningNote(periods[runningAt], kind, today) }
      }
      over={(at) => {
        const value = ratio(at);
        return value === null || at === runningAt
          ? undefined
          : `×${value < 10 ? formatRatio(value) : formatExact(Math.round(value))}`;
      }}
      notes={(at) => {
        const value = ratio(at);
        const said = value === null ? words.bars.noRatio : words.bars.ratio(formatRatio(value));
        return opens ? [said, words.bars.opens] : [said];
      }}
      table={lifecycleTable(periods, kind, peopleHref)}
      onOpen={
        opens
          ? (at) => {
              const start = periods[at]?.start;
              if (start) onOpen(start, lastDay(start, kind, today));
            }
          : undefined
      }
    />
  );
}

/** The same span one step finer: a month in weeks, a week in days. */
export function finerSpan(kind: PeriodKind, from: Day, to: Day) {
  return { range: undefined, from, to, period: kind === "month" ? undefined : ("day" as const) };
}

/** A running period ends today. */
function lastDay(start: Day, kind: PeriodKind, today: Day): Day {
  const end = kind === "month" ? endOfMonth(start) : addDays(start, 6);
  return end < today ? end : today;
}

export function lastWholePeriod(periods: readonly LifecyclePeriod[]): LifecyclePeriod | undefined {
  return periods.findLast((period) => !period.running);
}

/** True when nobody came and nobody stayed away; what is hidden is somebody. */
export const isEmptyPeriod = ({ active, dormant }: LifecyclePeriod) =>
  active === 0 && dormant === 0;

export function lifecycleTable(
  periods: readonly LifecyclePeriod[],
  kind: PeriodKind,
  peopleHref?: PeriodHref,
): ChartTable {
  const counts = ["active", "new", "current", "resurrected", "dormant"] as const;
  return {
    caption: words.table.caption(words.periods[kind].toLowerCase()),
    columns: [
      { label: words.start },
      ...counts.map((count) => ({ label: words[count], numeric: true })),
      { label: words.quickRatio, numeric: true },
    ],
    rows: periods.map((period): Cell[] => {
      const name = formatPeriod(period.start, kind);
      const text = period.running ? `${name} (${words.table.running})` : name;
      const { quick_ratio: ratio } = period;
      return [
        { value: period.start, text },
        ...counts.map((count) =>
          count === "active" || count === "new"
            ? countCell(
                period[count],
                peopleHref?.(count, period.start, addDays(stepOn(period.start, kind, 1), -1)),
              )
            : period[count],
        ),
        ratio === null ? { value: null, text: "–" } : { value: ratio, text: formatRatio(ratio) },
      ];
    }),
  };
}

function runningNote(period: LifecyclePeriod | undefined, kind: PeriodKind, today: Day): string {
  if (!period) return "";
  const { start } = period;
  const end =
    kind === "day" ? addDays(start, 1) : kind === "week" ? addDays(start, 7) : addMonths(start, 1);
  return words.bars.running(daysBetween(start, today) + 1, daysBetween(start, end));
}
