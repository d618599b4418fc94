import { Hidden, Unknown } from "../faces";
import { formatExact } from "../format";
import styles from "./charts.module.css";
import type { Cell, ChartTable as Table } from "./types";

interface ChartTableProps {
  table: Table;
  label: string;
  /** Scrolls beyond it; open to its full length without. */
  height?: number;
  /** What is missing is hidden for privacy. */
  hidden?: boolean;
}

/** The same numbers as rows, for those who read rather than look. */
export function ChartTable({ table, label, height, hidden }: ChartTableProps) {
  return (
    <section
      className={styles.tableScroll}
      style={{ maxHeight: height }}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label={label}
    >
      <table className={styles.table}>
        <caption>{table.caption}</caption>
        <thead>
          <tr>
            {table.columns.map((column) => (
              <th key={column.label} scope="col" data-numeric={column.numeric || undefined}>
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row) => (
            <tr key={keyOf(row)}>
              {row.map((cell, at) => {
                const column = table.columns[at];
                const name = column?.label ?? at;
                return at === 0 ? (
                  <th key={name} scope="row">
                    <CellText cell={cell} hidden={hidden} />
                  </th>
                ) : (
                  <td key={name} data-numeric={column?.numeric || undefined}>
                    <CellText cell={cell} hidden={hidden} />
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function keyOf(row: readonly Cell[]): string {
  const [first] = row;
  return String(typeof first === "object" ? first?.value : first);
}

function CellText({ cell, hidden }: { cell: Cell; hidden?: boolean }) {
  if (cell === null) return hidden ? <Hidden /> : <Unknown />;
  if (typeof cell === "number") return formatExact(cell);
  if (typeof cell === "string") return cell;
  return cell.href ? <a href={cell.href}>{cell.text}</a> : cell.text;
}
