import { area, line } from "d3-shape";
import { charts as words } from "@/words/charts";
import { changeOf, formatCount, formatExact } from "../format";
import { ChartFrame } from "./ChartFrame";
import { EndNames } from "./EndNames";
import { Plot } from "./Plot";
import { knownRuns, type Mark, type Run, splitRunning, type Value } from "./plot";
import { niceTicks } from "./ticks";
import type { FrameProps, TooltipContent } from "./types";
import type { XAxis } from "./xAxis";

interface AreaProps extends FrameProps {
  axis: XAxis;
  name: string;
  values: readonly Value[];
  /** The period compared with, point for point, and how its points are dated. */
  earlier?: { name: string; values: readonly Value[]; label: (at: number) => string };
  /** Index of the first point whose period is still running, and what to say of it. */
  running?: { from: number; note: string };
  marks?: readonly Mark[];
  onBrush?: (from: number, to: number) => void;
  onOpen?: (at: number) => void;
}

const now = "var(--th-series-1)";
const before = "var(--th-ink-3)";

/** How large something is over time: one filled line, the earlier period dashed behind it. */
export function Area(props: AreaProps) {
  const { axis, name, values, earlier, running, marks, onBrush, onOpen, ...frame } = props;
  const all = [...values, ...(earlier?.values ?? [])].map((value) => value ?? 0);
  const { whole, open } = splitRunning(knownRuns(values), running?.from);

  function tooltip(at: number): TooltipContent {
    const value = values[at] ?? null;
    const past = earlier?.values[at] ?? null;
    const rows = [{ name, text: exact(value, frame.hidden), colour: now }];
    const notes: string[] = [];
    const isRunning = running !== undefined && at >= running.from;
    if (earlier) {
      rows.push({ name: earlier.label(at), text: exact(past, frame.hidden), colour: before });
      // A running period is never held against a whole one.
      if (value !== null && past !== null && !isRunning) notes.push(change(value, past));
    }
    if (isRunning) notes.push(running.note);
    if (onOpen && value) notes.push(words.opensPeople);
    return {
      title: axis.label(at),
      rows: rows.map((row, order) => ({ ...row, look: order === 0 ? "line" : "dashed" })),
      notes,
    };
  }

  return (
    <ChartFrame
      {...frame}
      legend={
        earlier && [
          { name, colour: now, look: "line" },
          { name: earlier.name, colour: before, look: "dashed" },
        ]
      }
    >
      <Plot
        height={frame.height ?? 260}
        axis={axis}
        yTicks={niceTicks(0, Math.max(0, ...all))}
        formatTick={formatCount}
        marks={marks}
        endNames={earlier ? [name, earlier.name] : undefined}
        rows={earlier ? 2 : 1}
        tooltip={tooltip}
        onBrush={onBrush}
        onOpen={onOpen && ((point) => onOpen(point.at))}
      >
        {({ x, y, height, active, named }) => {
          const stroke = pathOf(values, x, y);
          const fill = area<number>()
            .x((at) => x(at))
            .y0(y(0))
            .y1((at) => y(values[at] ?? 0));
          const dots = [
            { value: active ? values[active.at] : null, colour: now },
            { value: active ? earlier?.values[active.at] : null, colour: before },
          ];
          return (
            <>
              {whole.map((run) => (
                <path key={run.from} d={fill(indexes(run)) ?? ""} fill={now} fillOpacity={0.13} />
              ))}
              {open.map((run) => (
                <path key={run.from} d={fill(indexes(run)) ?? ""} fill={now} fillOpacity={0.06} />
              ))}
              {earlier &&
                knownRuns(earlier.values).map((run) => (
                  <path
                    key={run.from}
                    d={pathOf(earlier.values, x, y)(run)}
                    fill="none"
                    stroke={before}
                    strokeWidth={1.5}
                    strokeDasharray="5 4"
                  />
                ))}
              {whole.map((run) => (
                <path key={run.from} d={stroke(run)} {...lineLook(now)} />
              ))}
              {open.map((run) => (
                <path key={run.from} d={stroke(run)} {...lineLook(now)} strokeDasharray="3 4" />
              ))}
              {dots.map(
                ({ value, colour }) =>
                  active &&
                  typeof value === "number" && (
                    <circle
                      key={colour}
                      cx={x(active.at)}
                      cy={y(value)}
                      r={4}
                      fill={colour}
                      stroke="var(--th-surface)"
                      strokeWidth={1.5}
                    />
                  ),
              )}
              {named && earlier && (
                <EndNames
                  names={[
                    { name, colour: now, values },
                    { name: earlier.name, colour: before, values: earlier.values },
                  ]}
                  x={x}
                  y={y}
                  height={height}
                />
              )}
            </>
          );
        }}
      </Plot>
    </ChartFrame>
  );
}

export function lineLook(colour: string) {
  return {
    fill: "none",
    stroke: colour,
    strokeWidth: 2,
    strokeLinejoin: "round",
    strokeLinecap: "round",
  } as const;
}

function indexes(run: Run): number[] {
  return Array.from({ length: run.to - run.from + 1 }, (_, at) => run.from + at);
}

/** Straight lines from point to point: a curve would show values nobody measured. */
export function pathOf(
  values: readonly Value[],
  x: (at: number) => number,
  y: (value: number) => number,
): (run: Run) => string {
  const draw = line<number>()
    .x((at) => x(at))
    .y((at) => y(values[at] ?? 0));
  return (run) => draw(indexes(run)) ?? "";
}

function exact(value: Value, hidden: boolean | undefined): string {
  if (value === null) return hidden ? words.hidden : words.unknown;
  return formatExact(value);
}

function change(value: number, past: number): string {
  const { direction, text } = changeOf(value, past);
  return `${words.arrows[direction]} ${text ?? ""}`.trim();
}
