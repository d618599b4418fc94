import { charts as words } from "@/words/charts";
import { formatCount, formatExact } from "../format";
import { ChartFrame } from "./ChartFrame";
import { type Geometry, Plot } from "./Plot";
import { type Stacked, stackBars } from "./stack";
import { niceTicks } from "./ticks";
import type { FrameProps, TooltipContent } from "./types";
import type { XAxis } from "./xAxis";

interface BarSeries {
  name: string;
  colour: string;
  values: readonly (number | null)[];
  /** Drawn downwards: what leaves, against what comes. */
  down?: boolean;
}

interface BarsProps extends FrameProps {
  axis: XAxis;
  series: readonly BarSeries[];
  /** Index of the first bar whose period is still running, and what to say of it. */
  running?: { from: number; note: string };
  /** A figure printed over each bar, where it fits. */
  over?: (at: number) => string | undefined;
  /** Further lines of the tooltip. */
  notes?: (at: number) => readonly string[];
  onOpen?: (at: number, series: number) => void;
}

const widthOfDigit = 7;

/** Counts per period: stacked, and diverging where something also leaves. */
export function Bars(props: BarsProps) {
  const { axis, series, running, over, notes, onOpen, ...frame } = props;
  const stacks = stackBars(series, axis.count);
  const high = Math.max(0, ...stacks.map((stack) => stack.high));
  const low = Math.min(0, ...stacks.map((stack) => stack.low));

  /** Left out where it would touch its neighbours. */
  function label(at: number, band: number): string | undefined {
    const text = over?.(at);
    return text && text.length * widthOfDigit < band ? text : undefined;
  }

  function tooltip(at: number): TooltipContent {
    const isRunning = running !== undefined && at >= running.from;
    return {
      title: axis.label(at),
      rows: series.map((each) => {
        const value = each.values[at] ?? null;
        const text =
          value === null
            ? frame.hidden
              ? words.hidden
              : words.unknown
            : formatExact(each.down ? -value : value);
        return { name: each.name, text, colour: each.colour, look: "block" as const };
      }),
      notes: [...(notes?.(at) ?? []), ...(isRunning ? [running.note] : [])],
    };
  }

  return (
    <ChartFrame
      {...frame}
      legend={series.map(({ name, colour }) => ({ name, colour, look: "block" as const }))}
    >
      <Plot
        height={frame.height ?? 260}
        axis={axis}
        bands
        yTicks={niceTicks(low, high)}
        formatTick={formatCount}
        rows={series.length}
        tooltip={tooltip}
        onOpen={onOpen && ((point) => onOpen(point.at, point.row))}
      >
        {(geometry) =>
          stacks.map((stack, at) => (
            <g key={axis.key(at)}>
              <Stack
                stack={stack}
                at={at}
                series={series}
                geometry={geometry}
                running={running !== undefined && at >= running.from}
              />
              {label(at, geometry.band) && (
                <text x={geometry.x(at)} y={geometry.y(stack.high) - 5} textAnchor="middle">
                  {label(at, geometry.band)}
                </text>
              )}
            </g>
          ))
        }
      </Plot>
    </ChartFrame>
  );
}

interface StackProps {
  stack: Stacked;
  at: number;
  series: readonly BarSeries[];
  geometry: Geometry;
  running: boolean;
}

function Stack({ stack, at, series, geometry, running }: StackProps) {
  const { x, y, band, active } = geometry;
  const width = Math.max(2, Math.min(48, band * 0.7));
  return stack.parts.map((part) => {
    const each = series[part.series];
    if (!each) return null;
    const top = y(part.to);
    // Two pixels of ground keep neighbours apart for whoever sees no difference in colour.
    const height = Math.max(1, y(part.from) - top - (part.inner ? 2 : 0));
    const chosen = active?.at === at && active.row === part.series && series.length > 1;
    return (
      <rect
        key={each.name}
        x={x(at) - width / 2}
        y={top}
        width={width}
        height={height}
        rx={Math.min(2, height / 2)}
        fill={each.colour}
        fillOpacity={running ? 0.25 : 1}
        stroke={running ? each.colour : chosen ? "var(--th-ink)" : "none"}
        strokeWidth={1.5}
        strokeDasharray={running ? "3 2" : undefined}
      />
    );
  });
}
