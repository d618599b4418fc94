import { ui } from "@/words/ui";
import { formatExact, formatShare } from "../format";
import type { HeatColumn, HeatRow } from "./Heatmap";
import { heatStep } from "./plot";
import type { ShareBar } from "./ShareBars";

/* What is HTML on the page, drawn as SVG for the exported picture. */

const row = 30;
const text = { fontSize: 12, fill: "var(--th-ink-2)" } as const;

export function ShareBarsPicture({ bars }: { bars: readonly ShareBar[] }) {
  const [name, bar] = [220, 380];
  return (
    <svg aria-hidden="true" width={720} height={bars.length * row}>
      {bars.map((each, at) => (
        <g key={each.name} transform={`translate(0,${at * row})`}>
          <text y={19} {...text}>
            {shortened(each.name, 34)}
          </text>
          <rect x={name} y={8} width={bar} height={14} rx={3} fill="var(--th-sunken)" />
          <rect
            x={name}
            y={8}
            width={Math.min(1, each.share ?? 0) * bar}
            height={14}
            rx={3}
            fill="var(--th-series-1)"
          />
          <text x={720} y={19} textAnchor="end" {...text}>
            {each.share === null ? "–" : formatShare(each.share)}{" "}
            {each.aside ?? (each.count === null ? ui.faces.hidden : formatExact(each.count))}
          </text>
        </g>
      ))}
    </svg>
  );
}

interface HeatmapPictureProps {
  columns: readonly HeatColumn[];
  rows: readonly HeatRow[];
}

export function HeatmapPicture({ columns, rows }: HeatmapPictureProps) {
  const [first, size, cell] = [150, 64, 52];
  const left = first + size;
  return (
    <svg aria-hidden="true" width={left + columns.length * cell} height={(rows.length + 1) * row}>
      {columns.map((column, at) => (
        <text key={column.key} x={left + (at + 0.5) * cell} y={19} textAnchor="middle" {...text}>
          {column.label}
        </text>
      ))}
      {rows.map((each, order) => (
        <g key={each.key} transform={`translate(0,${(order + 1) * row})`}>
          <text y={19} {...text}>
            {each.label}
          </text>
          <text x={left - 10} y={19} textAnchor="end" {...text}>
            {each.size}
          </text>
          {each.cells.map((value, at) => {
            if (!value) return null;
            const step = heatStep(value.share);
            return (
              <g key={columns[at]?.key} transform={`translate(${left + at * cell},0)`}>
                <rect
                  x={1}
                  y={1}
                  width={cell - 2}
                  height={row - 2}
                  rx={4}
                  fill={value.running ? "none" : `var(--th-heat-${step})`}
                  stroke={value.running ? "var(--th-ink-3)" : "none"}
                  strokeDasharray={value.running ? "3 2" : undefined}
                />
                <text
                  x={cell / 2}
                  y={19}
                  textAnchor="middle"
                  fontSize={12}
                  fill={value.running ? "var(--th-ink-2)" : `var(--th-heat-${step}-text)`}
                >
                  {value.text}
                </text>
              </g>
            );
          })}
        </g>
      ))}
    </svg>
  );
}

function shortened(name: string, most: number): string {
  return name.length > most ? `${name.slice(0, most - 1)}…` : name;
}
