import { Button } from "@mantine/core";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { type ReactNode, useRef } from "react";
import { ui } from "@/words/ui";
import classes from "./QueryTable.module.css";
import { useRowWindow } from "./rowWindow";
import { SkeletonRows } from "./Skeletons";
import { TableTools } from "./TableTools";

export interface Column<Row> {
  key: string;
  header: ReactNode;
  /** Plain name, for the sort button and the cards of a phone, when the header is not text. */
  name?: string;
  cell: (row: Row) => ReactNode;
  /** The server's sort key; only columns with one can be sorted. */
  sort?: string;
  /** Numbers stand right, so that digits line up. */
  align?: "right";
  /** Any CSS width; the first column takes what is left. */
  width?: string;
  /** The header is said but not shown: the cells speak for themselves. */
  silent?: boolean;
  /** Left out of the cards on a phone. */
  wideOnly?: boolean;
}

export interface QueryTableProps<Row> {
  /** Read to those who cannot see the table. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[] | undefined;
  rowKey: (row: Row) => string;
  /** Makes the first cell of a row a link. */
  rowHref?: (row: Row) => string;
  total?: number | null;
  hasMore?: boolean;
  onMore?: () => void;
  loadingMore?: boolean;
  /** Earlier rows are still shown while new ones come. */
  stale?: boolean;
  sort?: string;
  onSort?: (sort: string) => void;
  search?: { value: string; onChange: (value: string) => void; placeholder: string };
  /** A `FilterBar`, shown beside the search. */
  filters?: ReactNode;
  csv?: () => Promise<void>;
  /** Shown instead of rows when there are none. */
  empty: ReactNode;
  /** Shown instead of everything below the tools. */
  error?: ReactNode;
}

const PAGE = 50;

/** The one table: the server sorts and filters, this shows and asks for more. */
export function QueryTable<Row>(props: QueryTableProps<Row>) {
  const { columns, rows, label, total = null, hasMore, onMore, loadingMore } = props;
  const shown = rows?.length ?? 0;
  const nothing = rows !== undefined && shown === 0;
  return (
    <section className={classes.box} aria-label={label}>
      <TableTools
        search={props.search}
        filters={props.filters}
        csv={shown > 0 ? props.csv : undefined}
        sort={props.sort}
        onSort={props.onSort}
        columns={columns}
      />
      {props.error ? <div className={classes.pad}>{props.error}</div> : null}
      {!props.error && nothing ? props.empty : null}
      {!props.error && !nothing ? <Rows {...props} /> : null}
      {shown > 0 && !props.error ? (
        <footer className={classes.foot}>
          <span aria-live="polite">{ui.table.shown(shown, total)}</span>
          {hasMore && onMore ? (
            <Button
              variant="default"
              size="xs"
              className={classes.more}
              onClick={() => !loadingMore && onMore()}
            >
              {loadingMore
                ? ui.table.loadingMore
                : ui.table.more(total === null ? PAGE : Math.min(PAGE, total - shown))}
            </Button>
          ) : null}
        </footer>
      ) : null}
    </section>
  );
}

function Rows<Row>(props: QueryTableProps<Row>) {
  const { columns, rows, label, stale, sort, onSort } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const view = useRowWindow(rows?.length ?? 0, body);
  return (
    <div className={classes.scroll} data-stale={stale || undefined} aria-busy={stale || !rows}>
      <table className={classes.table}>
        <caption className={classes.caption}>{label}</caption>
        <colgroup>
          {columns.map((column) => (
            <col key={column.key} style={column.width ? { width: column.width } : undefined} />
          ))}
        </colgroup>
        <thead>
          <tr>
            {columns.map((column) => (
              <Head key={column.key} column={column} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {rows ? null : <SkeletonRows columns={columns.length} rows={8} />}
          <Spacer height={view.before} columns={columns.length} />
          {rows?.slice(view.start, view.end).map((row) => (
            <tr key={props.rowKey(row)} className={classes.row}>
              {columns.map((column, at) => (
                <Cell
                  key={column.key}
                  column={column}
                  row={row}
                  href={at === 0 ? props.rowHref : undefined}
                  first={at === 0}
                />
              ))}
            </tr>
          ))}
          <Spacer height={view.after} columns={columns.length} />
        </tbody>
      </table>
    </div>
  );
}

/** Holds the place of rows that are scrolled far away. */
function Spacer({ height, columns }: { height: number; columns: number }) {
  if (height === 0) return null;
  return (
    <tr data-spacer>
      <td colSpan={columns} style={{ height, padding: 0, border: 0 }} />
    </tr>
  );
}

interface HeadProps<Row> {
  column: Column<Row>;
  sort?: string;
  onSort?: (sort: string) => void;
}

function Head<Row>({ column, sort, onSort }: HeadProps<Row>) {
  const key = column.sort;
  const down = sort === `-${key}`;
  const on = key !== undefined && (down || sort === key);
  // Numbers and dates read largest first; names from A.
  const next = on ? (down ? key : `-${key}`) : column.align === "right" ? `-${key}` : key;
  const Arrow = down ? IconArrowDown : IconArrowUp;
  return (
    <th
      scope="col"
      data-align={column.align}
      aria-sort={on ? (down ? "descending" : "ascending") : undefined}
    >
      <span className={classes.headCell}>
        {column.silent ? <span className={classes.caption}>{column.header}</span> : column.header}
        {key && onSort && next ? (
          <button
            type="button"
            className={classes.sort}
            data-on={on || undefined}
            aria-label={ui.table.sortBy(column.name ?? String(column.header))}
            onClick={() => onSort(next)}
          >
            <Arrow size={14} stroke={1.5} aria-hidden="true" />
          </button>
        ) : null}
      </span>
    </th>
  );
}

interface CellProps<Row> {
  column: Column<Row>;
  row: Row;
  first: boolean;
  href?: (row: Row) => string;
}

function Cell<Row>({ column, row, href, first }: CellProps<Row>) {
  const content = column.cell(row);
  const name =
    column.name ??
    (typeof column.header === "string" && !column.silent ? column.header : undefined);
  const inner = href ? (
    <a className={classes.rowLink} href={href(row)}>
      {content}
    </a>
  ) : (
    content
  );
  const shared = {
    "data-align": column.align,
    "data-label": first ? undefined : name,
    "data-wide": column.wideOnly || undefined,
  };
  return first ? (
    <th scope="row" {...shared}>
      {inner}
    </th>
  ) : (
    <td {...shared}>{inner}</td>
  );
}
