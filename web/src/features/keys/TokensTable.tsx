import { Button } from "@mantine/core";
import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import type { Schema } from "@/api/client";
import { tableState } from "@/api/lists";
import { Chip } from "@/ui/badges";
import { EmptyState } from "@/ui/EmptyState";
import { formatInstantDay } from "@/ui/format";
import { When } from "@/ui/Num";
import { type Column, QueryTable } from "@/ui/QueryTable";
import { keys } from "@/words/keys";
import { EndCell, Prefix, Section } from "./Section";

const words = keys.tokens;
type Token = Schema["ApiToken"];

interface TokensTableProps {
  query: UseInfiniteQueryResult<InfiniteData<{ items: Token[] }>>;
  onAdd?: () => void;
  onRotate?: (token: Token) => void;
  onRevoke?: (token: Token) => void;
}

export function TokensTable({ query, onAdd, onRotate, onRevoke }: TokensTableProps) {
  const columns: Column<Token>[] = [
    { key: "name", header: words.columns.name, cell: ({ name }) => name },
    {
      key: "role",
      header: words.columns.role,
      width: "110px",
      cell: ({ role }) => <Chip>{role}</Chip>,
    },
    {
      key: "prefix",
      header: words.columns.prefix,
      width: "140px",
      cell: ({ prefix }) => <Prefix text={prefix} />,
    },
    {
      key: "owner",
      header: words.columns.owner,
      width: "210px",
      cell: ({ owner }) => owner ?? words.noOwner,
    },
    {
      key: "used",
      header: words.columns.used,
      width: "120px",
      cell: ({ last_used_at }) => (last_used_at ? <When at={last_used_at} /> : keys.write.never),
    },
    {
      key: "expires",
      header: words.columns.expires,
      width: "130px",
      cell: ({ expires_at }) => <Expiry at={expires_at} />,
    },
    {
      key: "revoke",
      header: keys.revoke.action,
      silent: true,
      align: "right",
      width: "190px",
      cell: (token) => (
        <EndCell
          row={token}
          onRotate={onRotate && (() => onRotate(token))}
          onRevoke={onRevoke && (() => onRevoke(token))}
        />
      ),
    },
  ];
  return (
    <Section title={words.title} lead={words.lead} add={words.add} onAdd={onAdd}>
      <QueryTable
        label={words.label}
        columns={columns}
        rowKey={({ id }) => String(id)}
        {...tableState(query)}
        empty={
          <EmptyState
            kind="first"
            title={words.empty}
            action={
              onAdd ? (
                <Button variant="default" onClick={onAdd}>
                  {words.add}
                </Button>
              ) : undefined
            }
          >
            {words.emptyText}
          </EmptyState>
        }
      />
    </Section>
  );
}

function Expiry({ at }: { at: string | null }) {
  if (!at) return words.neverExpires;
  return Date.parse(at) < Date.now() ? <Chip>{words.expired}</Chip> : formatInstantDay(at);
}
