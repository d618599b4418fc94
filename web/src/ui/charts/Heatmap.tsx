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
}

export interface HeatRow {
  key: string;
  label: string;
  /** The size of the row, as text: the denominator of its shares. */
  size?: string;
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

type GridProps = Pick<HeatmapProps, "corner" | "sizeLabel" | "columns" | "rows" | "onOpen">;

function Grid({ corner, sizeLabel, columns, rows, onOpen }: GridProps) {
  const labels = useFrameLabels();
  const table = useRef<HTMLTableElement>(null);
  const [place, setPlace] = useState({ row: 0, column: 0 });

  function go(row: number, column: number) {
    setPlace({ row, column });
    table.current?.querySelector<HTMLElement>(`[data-place="${row} ${column}"]`)?.focus();
  }

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
      const next = [clamp(aim[0], 0, last.row), clamp(aim[1], 0, last.column)] as const;
      // Triangular grids have no cell beyond what has begun.
      go(next[0], Math.min(next[1], lastDrawn(rows[next[0]])));
    } else if (event.key === "Enter" && onOpen) {
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
              {sizeLabel && <td className={styles.size}>{row.size}</td>}
              {columns.map((column, x) => {
                const cell = row.cells[x];
                if (!cell) return <td key={column.key} />;
                const here = place.row === y && place.column === x;
                const step = heatStep(cell.share);
                return (
                  // biome-ignore lint/a11y/useKeyWithClickEvents: the grid takes Enter for its cells
                  <td
                    key={column.key}
                    className={styles.cell}
                    data-place={`${y} ${x}`}
                    data-running={cell.running || undefined}
                    data-opens={onOpen ? true : undefined}
                    tabIndex={here ? 0 : -1}
                    title={cell.title}
                    aria-label={words.cell(row.label, column.title ?? column.label, cell.title)}
                    style={
                      cell.running
                        ? undefined
                        : {
                            background: `var(--th-heat-${step})`,
                            color: `var(--th-heat-${step}-text)`,
                          }
                    }
                    onFocus={() => setPlace({ row: y, column: x })}
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
