import type { ReactNode } from "react";
import type { Definition } from "@/words/definitions";
import type { Day } from "../day";
import { formatExact } from "../format";

/** A number goes to the reader as `text` and to CSV as `value`; null is unknown, "" is nothing due. */
export type Cell =
  | string
  | number
  | null
  | { value: string | number | null; text: string; href?: string };

/** Where the people lie who were active from a day to a day. */
export interface DaysBehind {
  href: (from: Day, to: Day) => string;
  open: (from: Day, to: Day) => void;
}

interface TableColumn {
  label: string;
  numeric?: boolean;
}

/** The numbers of a chart as rows; the first column names its row. */
export interface ChartTable {
  caption: string;
  columns: readonly TableColumn[];
  rows: readonly (readonly Cell[])[];
}

export type ChartState =
  | { kind: "loading"; retry?: () => void }
  | { kind: "error"; message: string; retry?: () => void }
  | { kind: "empty"; message: string; action?: ReactNode };

/** What every chart needs to be mounted at all: it cannot be drawn without words and rows. */
export interface FrameProps {
  title: string;
  /** One sentence that says what the picture shows. */
  summary: string;
  table: ChartTable;
  /** Absent when there is something to draw. */
  state?: ChartState;
  /** Which definition the figures follow. */
  definition?: Definition;
  /** The rule in words, for a figure that no definition of the manual covers. */
  rule?: string;
  /** Saves the server's CSV of the same figures; without it the table itself is written. */
  csv?: () => Promise<void>;
  /** Switches that belong to this chart alone. */
  controls?: ReactNode;
  height?: number;
  /** Lines kept free for the summary while it is on its way, so that nothing moves when it comes. */
  lines?: 2;
  /** True while newer figures are on their way. */
  stale?: boolean;
  /** Some figures are missing because too few people stand behind them. */
  hidden?: boolean;
}

export interface LegendItem {
  name: string;
  colour: string;
  look?: "line" | "dashed" | "block" | "outline" | "tick";
}

interface TooltipRow {
  name: string;
  text: string;
  colour?: string;
  look?: LegendItem["look"];
}

export interface TooltipContent {
  title: string;
  rows: readonly TooltipRow[];
  /** Lines under the rows: change, releases, what a running period means. */
  notes?: readonly string[];
}

export const seriesColour = (at: number): string => `var(--th-series-${(at % 6) + 1})`;

/** A count that opens the people behind it; nobody stands behind zero. */
export function countCell(value: number | null, href: string | undefined): Cell {
  return value ? { value, text: formatExact(value), href } : value;
}
