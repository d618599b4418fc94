import { SegmentedControl } from "@mantine/core";
import type { ReactNode } from "react";
import { charts } from "@/words/charts";
import { trend as words } from "@/words/trend";
import { addDays, type Day, daysBetween } from "../day";
import { changeOf, formatDay, formatExact } from "../format";
import {
  type ActiveDay,
  hidesSome,
  lastWholeDay,
  MEASURES,
  type Measure,
  measured,
  valuesBy,
} from "./activeDays";
import { Trend, type TrendMark } from "./Trend";
import type { DaysBehind, FrameProps } from "./types";

interface Span {
  from: Day;
  to: Day;
}

interface PeopleTrendProps extends Omit<FrameProps, "table" | "title" | "summary"> {
  days: readonly ActiveDay[];
  period: Span & { earlier: Span | null };
  today: Day;
  measure: Measure;
  onMeasure: (measure: Measure) => void;
  onDays: (from: Day, to: Day) => void;
  marks: readonly TrendMark[];
  /** The first day anything can be known of; earlier days are gaps, not zeros. */
  since?: Day;
  /** Where to look instead, when nobody came. */
  elsewhere?: ReactNode;
  /** Said after the figure: what the marks are. */
  marksNote?: string;
  /** Opens the people behind the figure of a day. */
  behind?: DaysBehind;
}

/** The days a figure looks back, itself included. */
const lookbacks = { day: 1, week: 7, month: 28 } as const satisfies Record<Measure, number>;

/** Active people by day, counted over a day, 7 or 28 days, as the reader chooses. */
export function PeopleTrend(props: PeopleTrendProps) {
  const {
    days: all,
    since,
    period,
    measure,
    onMeasure,
    marks,
    marksNote,
    elsewhere,
    ...frame
  } = props;
  const days = since === undefined ? all : all.filter((day) => day.date >= since);
  const values = valuesBy(days, measured[measure]);
  const shown = marks.filter(({ day }) => day >= period.from && day <= period.to);
  const note = shown.length > 0 && marksNote ? ` ${marksNote}` : "";
  const nobody = days.every((day) => day.date < period.from || day.mau === 0);
  return (
    <Trend
      height={320}
      {...frame}
      hidden={hidesSome(days.filter((day) => day[measured[measure]] === null))}
      title={words.title}
      summary={summaryOf(values, props) + note}
      definition={measured[measure]}
      lookback={lookbacks[measure]}
      name={words.names[measure]}
      values={values}
      period={period}
      earlier={period.earlier}
      marks={shown}
      state={
        frame.state ??
        (nobody ? { kind: "empty", message: words.empty, action: elsewhere } : undefined)
      }
      controls={
        <SegmentedControl
          size="xs"
          aria-label={words.measure}
          value={measure}
          onChange={(value) => onMeasure(MEASURES.find((each) => each === value) ?? "month")}
          data={MEASURES.map((value) => ({ value, label: words.measures[value] }))}
        />
      }
    />
  );
}

/** The last whole day against the same place in the earlier period. */
function summaryOf(values: ReadonlyMap<Day, number>, props: PeopleTrendProps): string {
  const { period, today, measure } = props;
  const day = lastWholeDay(period.to, today);
  const now = values.get(day);
  if (now === undefined) return words.empty;
  const text = words.summary(words.counted[measure](now), formatDay(day));
  if (!period.earlier) return text;
  const past = addDays(period.earlier.from, daysBetween(period.from, day));
  const change = changeOf(now, values.get(past) || null);
  if (change.text === null) return text;
  return text + words.against(`${charts.arrows[change.direction]} ${change.text}`, formatDay(past));
}

/** People of the 28 days on either side of a release, from the trailing 28-day figure. */
export function aroundRelease(days: readonly ActiveDay[], release: Day, today: Day): string[] {
  const people = valuesBy(days, "mau");
  const before = people.get(addDays(release, -1));
  const last = addDays(today, -1);
  const end = addDays(release, 27);
  const lines = [formatDay(release)];
  if (before !== undefined) lines.push(words.before(formatExact(before)));
  const after = people.get(end);
  if (end <= last && after !== undefined) {
    const change = changeOf(after, before || null);
    const text = change.text === null ? "" : `${charts.arrows[change.direction]} ${change.text}`;
    lines.push(words.after(formatExact(after), text));
  }
  return lines;
}
