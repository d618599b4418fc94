import { tableToCsv } from "./charts/csv";
import type { Cell } from "./charts/types";
import { saveFile } from "./save";

/** A list as a CSV file, for lists that the page holds whole. */
export async function saveRows(
  name: string,
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
): Promise<void> {
  const table = { caption: name, columns: columns.map((label) => ({ label })), rows };
  saveFile(new Blob([tableToCsv(table, [])], { type: "text/csv;charset=utf-8" }), `${name}.csv`);
}
