import { type KeyboardEvent, useRef, useState } from "react";
import { charts as words } from "@/words/charts";
import { ChartFrame, useFrameLabels } from "./ChartFrame";
import styles from "./Heatmap.module.css";
import { HeatmapPicture } from "./pictures";
import { clamp, heatStep } from "./plot";
import type { FrameProps } from "./types";

export interface HeatColumn {
  key: string;
  label: string;
  /** Spoken and shown on hover in place of the short label. */
  title?: string;
}

export interface HeatCell {
  /** 0 to 1: picks one of six steps. */
  share: number;
  text: string;
  /** The numbers behind the share: "212 of 260". */
  title: string;
  running?: boolean;
  /** So few people that the number is not shown. */
  hidden?: boolean;
  /** Where the people of the cell are. */
  href?: string;
}

export interface HeatRow {
  key: string;
  label: string;
  /** The size of the row, as text: the denominator of its shares. */
  size?: string;
  sizeHref?: string;
  /** null where nothing is due yet: nothing is drawn. */
  cells: readonly (HeatCell | null)[];
  /** Sums the others up. */
  sum?: boolean;
}

interface HeatmapProps extends FrameProps {
  corner: string;
  sizeLabel?: string;
  columns: readonly HeatColumn[];
  rows: readonly HeatRow[];
  /** Under the grid: what the colours stand for. */
  note?: string;
  onOpen?: (row: number, column: number) => void;
}

/** Two ordered axes with the value in each cell. It is a table, so it needs no second one. */
export function Heatmap({
  corner,
  sizeLabel,
  columns,
  rows,
  note,
  onOpen,
  ...frame
}: HeatmapProps) {
  return (
    <ChartFrame
      {...frame}
      tableIsChart
      picture={() => <HeatmapPicture columns={columns} rows={rows} />}
    >
      <Grid corner={corner} sizeLabel={sizeLabel} columns={columns} rows={rows} onOpen={onOpen} />
      {note && <p className={styles.note}>{note}</p>}
    </ChartFrame>
  );
}

/** Left of the first column stand the sizes of the rows. */
const sizeColumn = -1;

type GridProps = Pick<HeatmapProps, "corner" | "sizeLabel" | "columns" | "rows" | "onOpen">;

function Grid({ corner, sizeLabel, columns, rows, onOpen }: GridProps) {
  const labels = useFrameLabels();
  const table = useRef<HTMLTableElement>(null);
  const [place, setPlace] = useState({ row: 0, column: 0 });

  function go(row: number, column: number) {
    setPlace({ row, column });
    table.current?.querySelector<HTMLElement>(`[data-place="${row} ${column}"]`)?.focus();
  }

  /** One tab stop for the grid: the cell that was walked to last. */
  const walked = (row: number, column: number) => ({
    "data-place": `${row} ${column}`,
    tabIndex: place.row === row && place.column === column ? 0 : -1,
    onFocus: () => setPlace({ row, column }),
  });

  function onKeyDown(event: KeyboardEvent) {
    const { row, column } = place;
    const last = { row: rows.length - 1, column: columns.length - 1 };
    const moves: Record<string, [number, number]> = {
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      Home: [row, 0],
      End: [row, lastDrawn(rows[row])],
    };
    const aim = moves[event.key];
    if (aim) {
      const y = clamp(aim[0], 0, last.row);
      const first = rows[y]?.sizeHref ? sizeColumn : 0;
      const next = [y, clamp(aim[1], first, last.column)] as const;
      // Triangular grids have no cell beyond what has begun.
      go(next[0], Math.min(next[1], lastDrawn(rows[next[0]])));
    } else if (event.key === "Enter" && onOpen && column !== sizeColumn) {
      onOpen(row, column);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div className={styles.gridScroll}>
      {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a grid is a table whose cells are walked with arrows */}
      <table ref={table} className={styles.grid} role="grid" onKeyDown={onKeyDown} {...labels}>
        <thead>
          <tr>
            <th scope="col" className={styles.corner}>
              {corner}
            </th>
            {sizeLabel && (
              <th scope="col" className={styles.size}>
                {sizeLabel}
              </th>
            )}
            {columns.map((column) => (
              <th key={column.key} scope="col" title={column.title}>
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, y) => (
            <tr key={row.key} data-sum={row.sum || undefined}>
              <th scope="row">{row.label}</th>
              {sizeLabel && (
                <td className={styles.size}>
                  {row.sizeHref ? (
                    <a
                      href={row.sizeHref}
                      className={styles.open}
                      aria-label={words.cell(row.label, sizeLabel, row.size ?? "")}
                      {...walked(y, sizeColumn)}
                    >
                      {row.size}
                    </a>
                  ) : (
                    row.size
                  )}
                </td>
              )}
              {columns.map((column, x) => {
                const cell = row.cells[x];
                if (!cell) return <td key={column.key} />;
                const label = words.cell(row.label, column.title ?? column.label, cell.title);
                const step = heatStep(cell.share);
                const look = {
                  className: styles.cell,
                  "data-running": cell.running || undefined,
                  "data-hidden": cell.hidden || undefined,
                  title: cell.title,
                  style:
                    cell.running || cell.hidden
                      ? undefined
                      : {
                          background: `var(--th-heat-${step})`,
                          color: `var(--th-heat-${step}-text)`,
                        },
                };
                return cell.href ? (
                  <td key={column.key} {...look}>
                    <a
                      href={cell.href}
                      className={styles.open}
                      aria-label={label}
                      {...walked(y, x)}
                    >
                      {cell.text}
                    </a>
                  </td>
                ) : (
                  // biome-ignore lint/a11y/useKeyWithClickEvents: the grid takes Enter for its cells
                  <td
                    key={column.key}
                    {...look}
                    {...walked(y, x)}
                    data-opens={onOpen ? true : undefined}
                    aria-label={label}
                    onClick={onOpen && (() => onOpen(y, x))}
                  >
                    {cell.text}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function lastDrawn(row: HeatRow | undefined): number {
  return Math.max(0, row?.cells.findLastIndex((cell) => cell !== null) ?? 0);
}
