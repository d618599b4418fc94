import { Button } from "@mantine/core";
import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import type { Schema } from "@/api/client";
import { tableState } from "@/api/lists";
import { EmptyState } from "@/ui/EmptyState";
import { When } from "@/ui/Num";
import { type Column, QueryTable } from "@/ui/QueryTable";
import { keys } from "@/words/keys";
import { EndCell, Prefix, Section } from "./Section";

const words = keys.write;
type WriteKey = Schema["WriteKey"];

interface WriteKeysTableProps {
  query: UseInfiniteQueryResult<InfiniteData<{ items: WriteKey[] }>>;
  onAdd?: () => void;
  onRotate?: (key: WriteKey) => void;
  onRevoke?: (key: WriteKey) => void;
}

export function WriteKeysTable({ query, onAdd, onRotate, onRevoke }: WriteKeysTableProps) {
  const columns: Column<WriteKey>[] = [
    { key: "name", header: words.columns.name, cell: ({ name }) => name },
    {
      key: "app",
      header: words.columns.app,
      width: "200px",
      cell: ({ app }) => app ?? words.anyApp,
    },
    {
      key: "prefix",
      header: words.columns.prefix,
      width: "140px",
      cell: ({ prefix }) => <Prefix text={prefix} />,
    },
    {
      key: "used",
      header: words.columns.used,
      width: "140px",
      cell: ({ last_used_at }) => (last_used_at ? <When at={last_used_at} /> : words.never),
    },
    {
      key: "made",
      header: words.columns.made,
      width: "130px",
      cell: ({ created_at, expires_at }) =>
        expires_at ? (
          <>
            {keys.rotate.ends} <When at={expires_at} />
          </>
        ) : (
          <When at={created_at} />
        ),
    },
    {
      key: "revoke",
      header: keys.revoke.action,
      silent: true,
      align: "right",
      width: "190px",
      cell: (key) => (
        <EndCell
          row={key}
          onRotate={onRotate && (() => onRotate(key))}
          onRevoke={onRevoke && (() => onRevoke(key))}
        />
      ),
    },
  ];
  return (
    <Section title={words.title} lead={words.lead} add={words.add} primary onAdd={onAdd}>
      <QueryTable
        label={words.label}
        columns={columns}
        rowKey={({ id }) => String(id)}
        {...tableState(query)}
        empty={
          <EmptyState
            kind="first"
            title={words.empty}
            action={onAdd ? <Button onClick={onAdd}>{words.add}</Button> : undefined}
          >
            {words.emptyText}
          </EmptyState>
        }
      />
    </Section>
  );
}
