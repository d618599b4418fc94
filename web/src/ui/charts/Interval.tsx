import { charts as words } from "@/words/charts";
import { ChartFrame } from "./ChartFrame";
import { ChartGroup } from "./ChartGroup";
import { linear } from "./plot";
import { Tooltip } from "./Tooltip";
import { niceTicks } from "./ticks";
import type { FrameProps } from "./types";
import { usePoint } from "./usePoint";
import { useWidth } from "./useSize";

interface IntervalRow {
  name: string;
  /** null when there is no verdict yet: the row says why in `note`. */
  estimate: { value: number; low: number; high: number } | null;
  note: string;
  /** The note where there is no room for it. */
  brief?: string;
}

interface IntervalProps extends FrameProps {
  rows: readonly IntervalRow[];
  format: (value: number) => string;
  /** What lies left and right of zero, in words. */
  sides: { less: string; more: string };
  finest?: number;
}

const rowHeight = 36;

/** Dot and whisker on a zero line: the interval is the answer, a bare point would be a guess. */
export function Interval({ rows, format, sides, finest = 1, ...frame }: IntervalProps) {
  const height = rows.length * rowHeight + 52;
  return (
    <ChartFrame {...frame} height={height}>
      <Whiskers rows={rows} format={format} sides={sides} finest={finest} height={height} />
    </ChartFrame>
  );
}

type WhiskersProps = Required<Pick<IntervalProps, "rows" | "format" | "sides" | "finest">> & {
  height: number;
};

function Whiskers({ rows, format, sides, finest, height }: WhiskersProps) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const known = rows.flatMap((row) => (row.estimate ? [row.estimate] : []));
  const ticks = niceTicks(
    Math.min(0, ...known.map((each) => each.low)),
    Math.max(0, ...known.map((each) => each.high)),
    width < 480 ? 4 : 6,
    finest,
  );
  const left = Math.min(width * 0.3, 20 + Math.max(0, ...rows.map((row) => row.name.length)) * 7);
  const x = linear([ticks[0] ?? 0, ticks.at(-1) ?? 1], [left + 12, width - 24]);
  const bottom = height - 48;
  const yOf = (at: number) => 20 + (at + 0.5) * rowHeight;

  function content(at: number) {
    const row = rows[at];
    const estimate = row?.estimate;
    const text = estimate
      ? words.interval(format(estimate.value), format(estimate.low), format(estimate.high))
      : words.noVerdict;
    return {
      title: row?.name ?? "",
      rows: [{ name: words.difference, text }],
      notes: [row?.note ?? ""],
    };
  }

  const { active, handlers } = usePoint({
    frame,
    count: rows.length,
    hit: (_, y) => ({
      at: Math.max(0, Math.min(rows.length - 1, Math.floor((y - 20) / rowHeight))),
      row: 0,
    }),
    keyOf: (at) => `interval ${rows[at]?.name ?? at}`,
    describe: ({ at }) => {
      const { title, rows: said, notes } = content(at);
      return [title, ...said.map((each) => each.text), ...notes].join("; ");
    },
    stride: { x: 1, y: 1 },
    start: 0,
  });

  return (
    <ChartGroup frame={frame} height={height} handlers={handlers}>
      {width > 0 && (
        <svg width={width} height={height} aria-hidden="true" data-chart>
          <text x={x(0) - 8} y={11} textAnchor="end">
            ◂ {sides.less}
          </text>
          <text x={x(0) + 8} y={11}>
            {sides.more} ▸
          </text>
          {ticks.map((tick) => (
            <g key={tick} transform={`translate(${x(tick)},20)`}>
              <path
                d={`M0,0V${bottom}`}
                stroke={tick === 0 ? "var(--th-ink-3)" : "var(--th-line)"}
              />
              <text y={bottom + 18} textAnchor="middle">
                {format(tick)}
              </text>
            </g>
          ))}
          {rows.map((row, at) => (
            <g key={row.name} transform={`translate(0,${yOf(at)})`}>
              {active?.at === at && (
                <rect
                  y={-rowHeight / 2}
                  width={width}
                  height={rowHeight}
                  fill="var(--th-ink)"
                  fillOpacity={0.05}
                />
              )}
              <text dy="0.35em">{row.name}</text>
              {row.estimate ? (
                <>
                  <path
                    d={`M${x(row.estimate.low)},0H${x(row.estimate.high)}M${x(row.estimate.low)},-5v10M${x(row.estimate.high)},-5v10`}
                    stroke="var(--th-series-1)"
                    strokeWidth={2}
                  />
                  <circle cx={x(row.estimate.value)} r={4.5} fill="var(--th-series-1)" />
                </>
              ) : (
                <text x={x(0) + 8} dy="0.35em">
                  {width < 480 ? (row.brief ?? row.note) : row.note}
                </text>
              )}
            </g>
          ))}
        </svg>
      )}
      {active && width > 0 && (
        <Tooltip
          content={content(active.at)}
          x={x(rows[active.at]?.estimate?.value ?? 0)}
          width={width}
        />
      )}
    </ChartGroup>
  );
}
