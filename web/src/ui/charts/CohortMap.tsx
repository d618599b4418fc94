import { retention } from "@/words/retention";
import { ui } from "@/words/ui";
import { addDays, type Day } from "../day";
import { formatDay, formatExact, formatMonth, formatShare, type PeriodKind } from "../format";
import { hidesSome } from "./activeDays";
import { type Cohort, highestShare, poolCohorts, stepOn } from "./cohorts";
import { type HeatCell, type HeatColumn, Heatmap, type HeatRow } from "./Heatmap";
import type { Cell, ChartTable, FrameProps } from "./types";

const words = retention.cohorts;

interface CohortMapProps extends Omit<FrameProps, "table" | "summary"> {
  cohorts: readonly Cohort[];
  step: PeriodKind;
  columns: readonly HeatColumn[];
  summary?: string;
  /** Where the people of a cohort are: all, or those active from a day to a day. */
  peopleHref?: (cohort: Day, active?: { from: Day; to: Day }) => string;
}

/** Cohorts against the periods since they began; what has not elapsed is not drawn. */
export function CohortMap({ cohorts, step, columns, peopleHref, ...frame }: CohortMapProps) {
  const high = highestShare(cohorts);
  const pooled = poolCohorts(cohorts, columns.length);
  const people = pooled[0]?.eligible ?? 0;
  const began = cohorts.reduce((sum, cohort) => sum + (cohort.size ?? 0), 0);
  const rows: HeatRow[] = [
    {
      key: "all",
      label: words.all,
      size: formatExact(began),
      sum: true,
      cells: pooled.map(({ retained, eligible, share }) =>
        share === null ? null : elapsed(share, retained, eligible, high),
      ),
    },
    ...cohorts.map((cohort) => ({
      key: cohort.start,
      label: step === "month" ? formatMonth(cohort.start) : formatDay(cohort.start),
      size: cohort.size === null ? ui.faces.hidden : formatExact(cohort.size),
      sizeHref: cohort.size ? peopleHref?.(cohort.start) : undefined,
      cells: columns.map((_, at) => {
        const cell = cellOf(cohort, at, high);
        if (!cell || !cohort.retained[at]) return cell;
        return { ...cell, href: peopleHref?.(cohort.start, daysOf(cohort.start, step, at)) };
      }),
    })),
  ];
  return (
    <Heatmap
      {...frame}
      hidden={hidesSome(cohorts)}
      summary={frame.summary ?? words.summary(cohorts.length, Math.max(people, began), step)}
      corner={words.cohort}
      sizeLabel={words.size}
      columns={columns}
      rows={rows}
      note={words.scale(formatShare(high))}
      table={cohortTable(cohorts, columns, step)}
    />
  );
}

/** First and last day of the n-th period since a cohort began. */
function daysOf(start: Day, step: PeriodKind, at: number) {
  return { from: stepOn(start, step, at), to: addDays(stepOn(start, step, at + 1), -1) };
}

function elapsed(share: number, retained: number, eligible: number, high: number): HeatCell {
  const text = formatShare(share);
  return {
    share: Math.min(1, share / high),
    text,
    title: words.of(formatExact(retained), formatExact(eligible), text),
  };
}

function cellOf(cohort: Cohort, at: number, high: number): HeatCell | null {
  const retained = cohort.retained[at] ?? null;
  const whole = cohort.eligible[at] ?? 0;
  if (retained === null || cohort.size === null) return hidden(cohort, at);
  if (cohort.size === 0) return null;
  if (whole > 0) return elapsed(retained / whole, retained, whole, high);
  return {
    share: 0,
    text: formatShare(retained / cohort.size),
    title: words.soFar(
      formatExact(retained),
      formatExact(cohort.size),
      formatShare(retained / cohort.size),
    ),
    running: true,
  };
}

/** A cell that has begun, with so few people that they stay hidden; nothing where it has not. */
function hidden(cohort: Cohort, at: number): HeatCell | null {
  const begun = cohort.running[at] === true || cohort.eligible[at] !== 0;
  if (!cohort.suppressed || !begun) return null;
  return { share: 0, text: ui.faces.hidden, title: ui.faces.hiddenWhy, hidden: true };
}

function cohortTable(
  cohorts: readonly Cohort[],
  columns: readonly HeatColumn[],
  step: PeriodKind,
): ChartTable {
  return {
    caption: words.caption(step),
    columns: [
      { label: words.cohort },
      { label: words.size, numeric: true },
      ...columns.map((column) => ({ label: column.title ?? column.label, numeric: true })),
    ],
    rows: cohorts.map((cohort): Cell[] => [
      cohort.start,
      cohort.size,
      ...columns.map((_, at) => cohort.retained[at] ?? ""),
    ]),
  };
}
