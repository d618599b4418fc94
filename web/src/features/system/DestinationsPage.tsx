import { useQuery } from "@tanstack/react-query";
import type { Schema } from "@/api/client";
import { QueryError } from "@/api/QueryError";
import { OutcomeChip } from "@/ui/badges";
import { EmptyState } from "@/ui/EmptyState";
import { Num, When } from "@/ui/Num";
import { PageHeader } from "@/ui/PageHeader";
import { type Column, QueryTable } from "@/ui/QueryTable";
import { saveRows } from "@/ui/saveRows";
import { system } from "@/words/system";
import { destinationsVerdict } from "./figures";
import { destinationsQuery } from "./queries";
import classes from "./System.module.css";

const words = system.destinations;
type Destination = Schema["Destination"];

const addressOf = ({ host, port }: Destination) =>
  `${host.includes(":") ? `[${host}]` : host}:${port}`;

/** Does our data stay here? */
export function DestinationsPage() {
  const query = useQuery(destinationsQuery);
  const items = query.data?.items;
  return (
    <>
      <PageHeader title={words.title} verdict={items && destinationsVerdict(items)} />
      <QueryTable
        label={words.label}
        columns={columns}
        rows={items}
        total={items?.length ?? null}
        rowKey={(row) => `${row.kind} ${addressOf(row)}`}
        error={
          query.error && !query.data ? (
            <QueryError error={query.error} onRetry={() => void query.refetch()} />
          ) : undefined
        }
        csv={() => saveList(items ?? [])}
        empty={
          <EmptyState kind="done" title={words.empty}>
            {words.emptyText}
          </EmptyState>
        }
      />
    </>
  );
}

const columns: Column<Destination>[] = [
  {
    key: "address",
    header: words.columns.address,
    cell: (row) => <code className={classes.wrap}>{addressOf(row)}</code>,
  },
  {
    key: "purpose",
    header: words.columns.purpose,
    width: "30%",
    cell: ({ purpose, last_error }) => (
      <span className={classes.name}>
        <span className={classes.wrap}>{purpose}</span>
        {last_error ? <span className={classes.problem}>{words.lastError(last_error)}</span> : null}
      </span>
    ),
  },
  {
    key: "by",
    header: words.columns.by,
    width: "210px",
    cell: ({ configured_by }) =>
      configured_by ? (
        <code>{configured_by}</code>
      ) : (
        <OutcomeChip outcome="plain">{words.gone}</OutcomeChip>
      ),
  },
  {
    key: "first",
    header: words.columns.first,
    width: "110px",
    wideOnly: true,
    cell: ({ first_at }) => <When at={first_at} />,
  },
  {
    key: "last",
    header: words.columns.last,
    width: "110px",
    cell: ({ last_at }) => <When at={last_at} />,
  },
  {
    key: "contacts",
    header: words.columns.contacts,
    align: "right",
    width: "100px",
    cell: ({ contacts }) => <Num value={contacts} />,
  },
  {
    key: "failures",
    header: words.columns.failures,
    align: "right",
    width: "90px",
    cell: ({ failures }) => <Num value={failures} />,
  },
];

function saveList(items: readonly Destination[]): Promise<void> {
  return saveRows(
    "destinations",
    ["kind", "host", "port", "purpose", "configured_by", "first", "last", "contacts", "failures"],
    items.map((each) => [
      each.kind,
      each.host,
      each.port,
      each.purpose,
      each.configured_by,
      each.first_at,
      each.last_at,
      each.contacts,
      each.failures,
    ]),
  );
}
