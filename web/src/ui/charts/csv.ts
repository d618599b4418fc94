import type { ChartTable } from "./types";

/**
 * A cell that a spreadsheet would take for a formula is led by an apostrophe. Plain negative
 * numbers stay numbers.
 */
export function csvCell(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The table behind a chart as CSV: exact values, notes first. */
export function tableToCsv(table: ChartTable, notes: readonly string[]): string {
  const lines = notes.map((note) => csvCell(`# ${note}`));
  lines.push(table.columns.map((column) => csvCell(column.label)).join(","));
  for (const row of table.rows) lines.push(row.map((cell) => csvCell(rawValue(cell))).join(","));
  return `${lines.join("\r\n")}\r\n`;
}

function rawValue(cell: ChartTable["rows"][number][number]): string | number | null {
  return typeof cell === "object" && cell !== null ? cell.value : cell;
}
