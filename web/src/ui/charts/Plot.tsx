import { type ReactNode, useMemo } from "react";
import { charts as words } from "@/words/charts";
import { ChartGroup } from "./ChartGroup";
import { Marks } from "./Marks";
import { bandAt, linear, type Mark, mergeMarks, nearestPoint } from "./plot";
import { sentenceOf, Tooltip } from "./Tooltip";
import type { TooltipContent } from "./types";
import { type Point, usePoint } from "./usePoint";
import { useWidth } from "./useSize";
import type { XAxis } from "./xAxis";

/** From this width on the lines are named at their ends; below, a legend does it. */
const roomForNames = 480;

export interface Geometry {
  width: number;
  height: number;
  x: (at: number) => number;
  y: (value: number) => number;
  /** Width of a band; 0 when points have no width. */
  band: number;
  active: Point | null;
  /** True when names fit beside the plot. */
  named: boolean;
}

interface PlotProps {
  height: number;
  axis: XAxis;
  /** Points are bands, as for bars. */
  bands?: boolean;
  yTicks: readonly number[];
  formatTick: (value: number) => string;
  marks?: readonly Mark[];
  /** Names to be written right of the plot, where there is room. */
  endNames?: readonly string[];
  rows: number;
  tooltip: (at: number) => TooltipContent;
  onOpen?: (point: Point) => void;
  onBrush?: (from: number, to: number) => void;
  children: (geometry: Geometry) => ReactNode;
}

/** Axes, cursor, tooltip, release marks, keys and span of every chart that runs along x. */
export function Plot(props: PlotProps) {
  const { axis, bands = false, yTicks, formatTick, marks = [], endNames = [] } = props;
  const [frame, width] = useWidth<HTMLDivElement>();
  // A phone shows the same picture lower, so that title and axis fit on one screen.
  const height = width > 0 && width < roomForNames ? Math.min(props.height, 260) : props.height;

  const named = width >= roomForNames && endNames.length > 0;
  const left = 10 + Math.max(...yTicks.map((tick) => formatTick(tick).length)) * 7;
  const right = named ? 14 + Math.min(18, Math.max(...endNames.map((n) => n.length))) * 6.7 : 14;
  const top = marks.length > 0 ? 24 : 10;
  const inner = { width: Math.max(0, width - left - right), height: height - top - 26 };

  const bottomTick = yTicks[0] ?? 0;
  const topTick = yTicks.at(-1) ?? 1;
  const y = linear([bottomTick, topTick], [inner.height, 0]);
  const band = bands && axis.count > 0 ? inner.width / axis.count : 0;
  const x = (at: number) => {
    if (bands) return band * (at + 0.5);
    return axis.count > 1 ? (at / (axis.count - 1)) * inner.width : inner.width / 2;
  };
  const clusters = mergeMarks(marks, x);
  const keys = useMemo(
    () => new Map(Array.from({ length: axis.count }, (_, at) => [axis.key(at), at])),
    [axis],
  );

  const { active, foreign, selection, handlers } = usePoint({
    frame,
    count: axis.count,
    rows: props.rows,
    hit(px, py) {
      const place = px - left;
      // Above the plot the pointer means the release marks.
      const near = clusters.find((cluster) => Math.abs(cluster.x - place) <= 10);
      if (py < top && near?.marks[0]) return { at: near.marks[0].at, row: 0 };
      const find = bands ? bandAt : nearestPoint;
      return { at: find(place, inner.width, axis.count), row: 0 };
    },
    keyOf: axis.key,
    describe: (point) => sentenceOf(contentAt(point.at), point.row),
    onOpen: props.onOpen,
    onBrush: props.onBrush,
  });

  function contentAt(at: number): TooltipContent {
    const content = props.tooltip(at);
    const here = clusters.find((cluster) => cluster.marks.some((mark) => mark.at === at));
    if (!here) return content;
    const releases = here.marks.flatMap((mark) => [
      words.release([mark.label, ...(mark.lines ?? []).slice(0, 1)].join(" · ")),
      ...(mark.lines ?? []).slice(1),
    ]);
    return { ...content, notes: [...(content.notes ?? []), ...releases] };
  }

  const cursorAt = active?.at ?? (foreign === null ? undefined : keys.get(foreign));
  const xTicks = axis.ticks(Math.max(2, Math.min(8, Math.floor(inner.width / 76))));

  return (
    <ChartGroup
      frame={frame}
      height={height}
      handlers={handlers}
      opens={props.onOpen !== undefined}
      brush={props.onBrush !== undefined}
    >
      {width > 0 && (
        <svg width={width} height={height} aria-hidden="true" data-chart>
          <g transform={`translate(${left},${top})`}>
            {yTicks.map((tick) => (
              <g key={tick} transform={`translate(0,${y(tick)})`}>
                <path
                  d={`M0,0H${inner.width}`}
                  stroke={tick === 0 ? "var(--th-control-line)" : "var(--th-line)"}
                />
                <text x={-8} dy="0.35em" textAnchor="end">
                  {formatTick(tick)}
                </text>
              </g>
            ))}
            {xTicks.map((tick) => (
              <g key={tick.at} transform={`translate(${x(tick.at)},${inner.height})`}>
                {!bands && <path d="M0,0V4" stroke="var(--th-control-line)" />}
                <text y={18} textAnchor="middle">
                  {tick.label}
                </text>
              </g>
            ))}
            {selection && (
              <rect
                x={Math.min(x(selection.from), x(selection.to))}
                width={Math.abs(x(selection.to) - x(selection.from))}
                height={inner.height}
                fill="var(--th-brand)"
                fillOpacity={0.16}
              />
            )}
            {cursorAt !== undefined && !bands && (
              <path d={`M${x(cursorAt)},0V${inner.height}`} stroke="var(--th-ink-3)" />
            )}
            {cursorAt !== undefined && bands && (
              <rect
                x={x(cursorAt) - band / 2}
                width={band}
                height={inner.height}
                fill="var(--th-ink)"
                fillOpacity={0.06}
              />
            )}
            <Marks
              clusters={clusters}
              height={inner.height}
              width={inner.width}
              active={active?.at}
            />
            {props.children({ ...inner, x, y, band, active, named })}
          </g>
        </svg>
      )}
      {active && width > 0 && (
        <Tooltip
          content={contentAt(active.at)}
          x={left + x(active.at)}
          width={width}
          reach={(x(1) - x(0)) / 2}
        />
      )}
    </ChartGroup>
  );
}
