import type { Schema } from "@/api/client";
import { OutcomeChip } from "@/ui/badges";
import { EmptyState } from "@/ui/EmptyState";
import { formatShare } from "@/ui/format";
import { Num } from "@/ui/Num";
import { type Column, QueryTable } from "@/ui/QueryTable";
import { saveRows } from "@/ui/saveRows";
import { system } from "@/words/system";
import classes from "./System.module.css";

const words = system.capacity.keys;
type Row = Schema["KeyCounts"];

/** Reasons shown in a row; the rest is in the file. */
const shown = 3;

/** A smaller share would read as none. */
const least = 0.0005;

const sent = ({ accepted, duplicate, refused }: Row) => accepted + duplicate + refused;

/** Who sends, and who sends what cannot be taken; the worst first. */
export function KeyCounts({ keys }: { keys: readonly Row[] | undefined }) {
  const rows = keys && [...keys].sort((one, other) => other.refused - one.refused);
  return (
    <section>
      <header className={classes.section}>
        <h2>{words.title}</h2>
        <p className={classes.text}>{words.lead}</p>
      </header>
      <QueryTable
        label={words.label}
        columns={columns}
        rows={rows}
        total={rows?.length ?? null}
        rowKey={({ workspace, key }) => `${workspace} ${key}`}
        csv={() =>
          saveRows(
            "calls-by-key",
            ["workspace", "key", "accepted", "duplicate", "refused", "codes"],
            (rows ?? []).map((row) => [
              row.workspace,
              row.key ?? words.import,
              row.accepted,
              row.duplicate,
              row.refused,
              row.codes.map(({ code, count }) => `${code} ${count}`).join("; "),
            ]),
          )
        }
        empty={
          <EmptyState kind="first" title={words.empty}>
            {words.emptyText}
          </EmptyState>
        }
      />
    </section>
  );
}

const columns: Column<Row>[] = [
  { key: "key", header: words.columns.key, cell: ({ key }) => key ?? words.import },
  {
    key: "workspace",
    header: words.columns.workspace,
    width: "130px",
    cell: ({ workspace }) => workspace,
  },
  {
    key: "accepted",
    header: words.columns.accepted,
    align: "right",
    width: "110px",
    cell: ({ accepted }) => <Num value={accepted} />,
  },
  {
    key: "duplicate",
    header: words.columns.duplicate,
    align: "right",
    width: "110px",
    cell: ({ duplicate }) => <Num value={duplicate} />,
  },
  {
    key: "refused",
    header: words.columns.refused,
    align: "right",
    width: "150px",
    cell: (row) =>
      row.refused === 0 ? (
        <Num value={0} />
      ) : (
        <OutcomeChip outcome="watch">
          <Num value={row.refused} />
          {row.refused / sent(row) < least ? null : ` (${formatShare(row.refused / sent(row))})`}
        </OutcomeChip>
      ),
  },
  {
    key: "why",
    header: words.columns.why,
    width: "36%",
    cell: ({ codes }) => <Reasons codes={codes} />,
  },
];

function Reasons({ codes }: { codes: Row["codes"] }) {
  if (codes.length === 0) return words.none;
  const others = codes.slice(shown).reduce((sum, { count }) => sum + count, 0);
  return (
    <span className={classes.lines}>
      {codes.slice(0, shown).map(({ code, count }) => (
        <span key={code} className={classes.sub} title={code}>
          {words.reason(count, words.codes[code] ?? code)}
        </span>
      ))}
      {others > 0 ? <span className={classes.sub}>{words.more(others)}</span> : null}
    </span>
  );
}
