import { charts as words } from "@/words/charts";
import { formatExact } from "../format";
import styles from "./charts.module.css";
import { knownRuns, polyline, splitRunning, type Value } from "./plot";

interface SparkProps {
  values: readonly Value[];
  width?: number;
  height?: number;
  /** The last point belongs to a period that has not ended. */
  running?: boolean;
  /** What is drawn, when no cell beside it says so. */
  label?: string;
  tone?: "brand" | "growth" | "decline" | "quiet";
}

const tones = {
  brand: "var(--th-brand)",
  growth: "var(--th-growth)",
  decline: "var(--th-decline)",
  quiet: "var(--th-ink-3)",
};

/** A course the size of a word, scaled from 0 to its own peak. */
export function Spark(props: SparkProps) {
  const { values, width = 96, height = 24, running = false, label, tone = "brand" } = props;
  const peak = Math.max(1, ...values.map((value) => value ?? 0));
  const step = values.length > 1 ? (width - 4) / (values.length - 1) : 0;
  const place = (at: number): [number, number] => [
    2 + at * step,
    height - 2 - ((values[at] ?? 0) / peak) * (height - 4),
  ];
  const { whole, open } = splitRunning(knownRuns(values), running ? values.length - 1 : undefined);
  const draw = (from: number, to: number) =>
    polyline(Array.from({ length: to - from + 1 }, (_, at) => place(from + at)));
  const last = values.length - 1;
  const [lastX, lastY] = place(last);
  const colour = tones[tone];
  const said =
    label ?? words.sparkline(values.map((each) => (each === null ? "?" : formatExact(each))));

  return (
    <svg
      className={styles.spark}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={said}
    >
      <g fill="none" stroke={colour} strokeWidth={1.5} strokeLinejoin="round">
        {whole.map((run) => (
          <path key={run.from} d={draw(run.from, run.to)} />
        ))}
        {open.map((run) => (
          <path key={run.from} d={draw(run.from, run.to)} strokeDasharray="2 2" />
        ))}
      </g>
      {typeof values[last] === "number" && (
        <circle
          cx={lastX}
          cy={lastY}
          r={2}
          fill={running ? "var(--th-surface)" : colour}
          stroke={colour}
        />
      )}
    </svg>
  );
}
