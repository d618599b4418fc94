import { charts as words } from "@/words/charts";
import { formatCount, formatExact, formatShare } from "../format";
import { lineLook, pathOf } from "./Area";
import { ChartFrame } from "./ChartFrame";
import { EndNames } from "./EndNames";
import { Plot } from "./Plot";
import { knownRuns, type Mark, splitRunning, type Value } from "./plot";
import { niceTicks, shareTicks } from "./ticks";
import { type FrameProps, seriesColour, type TooltipContent } from "./types";
import type { XAxis } from "./xAxis";

interface LineSeries {
  name: string;
  values: readonly Value[];
  /** Index of the first point that is still running. */
  runningFrom?: number;
  /** Said under the value at a point: "212 of 260". */
  detail?: (at: number) => string | undefined;
  /** A point of note, drawn as a diamond and told with the point. */
  landmark?: { at: number; note: string };
}

interface LinesProps extends FrameProps {
  axis: XAxis;
  /** At most six: a seventh belongs into "other". */
  series: readonly LineSeries[];
  as?: "count" | "share" | "ratio";
  /** Said where a line has no value; "unknown" otherwise. */
  gap?: string;
  /** A level to be held against, such as 1 for a quick ratio. */
  reference?: { value: number; name: string };
  marks?: readonly Mark[];
  onBrush?: (from: number, to: number) => void;
  onOpen?: (at: number, series: number) => void;
}

const looks = {
  count: { tick: formatCount, text: formatExact },
  share: { tick: formatShare, text: formatShare },
  ratio: { tick: formatExact, text: formatExact },
} as const;

/** Comparing several courses: each line is named at its end, gaps stay gaps. */
export function Lines(props: LinesProps) {
  const { axis, series, as = "count", gap = words.unknown, reference, ...rest } = props;
  const { marks, onBrush, onOpen, ...frame } = rest;
  const { tick, text } = looks[as];
  const shown = series.slice(0, 6);
  const all = shown.flatMap((each) => each.values);
  const high = Math.max(0, reference?.value ?? 0, ...all.map((value) => value ?? 0));
  const yTicks = as === "share" ? shareTicks(all) : niceTicks(0, high, 6, as === "ratio" ? 0.1 : 1);

  function tooltip(at: number): TooltipContent {
    const notes = shown.flatMap((each) => {
      const runs = each.runningFrom !== undefined && at >= each.runningFrom;
      return [
        ...(runs && each.values[at] !== null ? [`${each.name}: ${words.running}`] : []),
        ...(each.landmark?.at === at ? [`◆ ${each.landmark.note}`] : []),
      ];
    });
    return {
      title: axis.label(at),
      rows: shown.map((each, order) => {
        const value = each.values[at] ?? null;
        const detail = each.detail?.(at);
        const figure = value === null ? gap : text(value);
        return {
          name: each.name,
          text: detail ? `${figure} (${detail})` : figure,
          colour: seriesColour(order),
        };
      }),
      notes,
    };
  }

  return (
    <ChartFrame
      {...frame}
      legend={
        shown.length > 1
          ? shown.map((each, order) => ({ name: each.name, colour: seriesColour(order) }))
          : undefined
      }
    >
      <Plot
        height={frame.height ?? 260}
        axis={axis}
        yTicks={yTicks}
        formatTick={tick}
        marks={marks}
        endNames={shown.length > 1 ? shown.map((each) => each.name) : undefined}
        rows={shown.length}
        tooltip={tooltip}
        onBrush={onBrush}
        onOpen={onOpen && ((point) => onOpen(point.at, point.row))}
      >
        {({ x, y, width, height, active, named }) => (
          <>
            {shown.map((each, order) => {
              const colour = seriesColour(order);
              const draw = pathOf(each.values, x, y);
              const { whole, open } = splitRunning(knownRuns(each.values), each.runningFrom);
              const muted = active !== null && shown.length > 1 && active.row !== order;
              const value = active ? each.values[active.at] : null;
              return (
                <g key={each.name}>
                  {whole.map((run) =>
                    run.from === run.to ? (
                      <circle
                        key={run.from}
                        cx={x(run.from)}
                        cy={y(each.values[run.from] ?? 0)}
                        r={2.5}
                        fill={colour}
                      />
                    ) : (
                      <path key={run.from} d={draw(run)} {...lineLook(colour)} />
                    ),
                  )}
                  {open.map((run) => (
                    <path
                      key={run.from}
                      d={draw(run)}
                      {...lineLook(colour)}
                      strokeDasharray="3 4"
                    />
                  ))}
                  {each.landmark && (
                    <path
                      d="M0,-6L6,0L0,6L-6,0Z"
                      transform={`translate(${x(each.landmark.at)},${y(
                        each.values[each.landmark.at] ?? 0,
                      )})`}
                      fill={colour}
                      stroke="var(--th-surface)"
                      strokeWidth={1.5}
                    />
                  )}
                  {active && typeof value === "number" && (
                    <circle
                      cx={x(active.at)}
                      cy={y(value)}
                      r={muted ? 3 : 4.5}
                      fill={colour}
                      stroke="var(--th-surface)"
                      strokeWidth={1.5}
                    />
                  )}
                </g>
              );
            })}
            {reference && (
              <g transform={`translate(0,${y(reference.value)})`}>
                <path d={`M0,0H${width}`} stroke="var(--th-ink-3)" strokeDasharray="6 4" />
                <text
                  x={width}
                  y={-5}
                  textAnchor="end"
                  stroke="var(--th-surface)"
                  strokeWidth={3}
                  paintOrder="stroke"
                >
                  {reference.name}
                </text>
              </g>
            )}
            {named && (
              <EndNames
                names={shown.map((each, order) => ({ ...each, colour: seriesColour(order) }))}
                x={x}
                y={y}
                height={height}
              />
            )}
          </>
        )}
      </Plot>
    </ChartFrame>
  );
}
