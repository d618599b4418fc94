import { Button } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { Source } from "@/api/access";
import { tableState } from "@/api/lists";
import { useHref } from "@/router/href";
import { signInQuery } from "@/session/queries";
import { useCanManage } from "@/session/session";
import { usePageActions } from "@/ui/actions";
import { Chip, OutcomeChip } from "@/ui/badges";
import { Card, Cards } from "@/ui/Card";
import { EmptyState } from "@/ui/EmptyState";
import { PageHeader } from "@/ui/PageHeader";
import { type Column, QueryTable } from "@/ui/QueryTable";
import { Stack } from "@/ui/Stack";
import { sources as words } from "@/words/sources";
import { CreateSource } from "./CreateSource";
import { sourcesQuery } from "./queries";
import classes from "./Sources.module.css";
import { addressOf } from "./settings";

const KINDS = ["oidc", "ldap"] as const;

/** Through which doors do people come? */
export function SourcesPage() {
  const query = useInfiniteQuery(sourcesQuery);
  const options = useQuery(signInQuery);
  const href = useHref();
  const writes = useCanManage()("sources.write");
  const [making, setMaking] = useState<Source["kind"] | null>(null);
  usePageActions(
    useMemo(
      () =>
        writes
          ? KINDS.map((kind) => ({
              id: `source ${kind}`,
              label: words.cards[kind].action,
              run: () => setMaking(kind),
            }))
          : [],
      [writes],
    ),
  );
  const all = query.data?.pages.flatMap(({ items }) => items);
  const on = all?.filter(({ enabled }) => enabled).length ?? 0;
  return (
    <>
      <PageHeader
        title={words.title}
        keepLines
        verdict={
          all && (on > 0 ? words.verdict.some(on, options.data?.local ?? true) : words.verdict.none)
        }
      />
      <Stack>
        {all?.length === 0 ? null : (
          <QueryTable
            label={words.label}
            columns={columns}
            rowKey={({ key }) => key}
            rowHref={({ key }) => href({ to: "/system/sign-in/$key", params: { key } })}
            {...tableState(query)}
            empty={<EmptyState kind="first" title={words.empty} />}
          />
        )}
        {writes && all ? (
          <Cards>
            {KINDS.map((kind) => (
              <Card key={kind} span={6} title={words.cards[kind].title}>
                <p className={classes.lead}>{words.cards[kind].text}</p>
                <Button
                  variant={all.length === 0 && kind === "oidc" ? "filled" : "default"}
                  onClick={() => setMaking(kind)}
                >
                  {words.cards[kind].action}
                </Button>
              </Card>
            ))}
          </Cards>
        ) : null}
      </Stack>
      {making ? (
        <CreateSource
          kind={making}
          taken={all?.map(({ key }) => key) ?? []}
          onClose={() => setMaking(null)}
        />
      ) : null}
    </>
  );
}

const columns: Column<Source>[] = [
  { key: "name", header: words.columns.name, cell: ({ name }) => name },
  {
    key: "kind",
    header: words.columns.kind,
    width: "170px",
    cell: ({ kind }) => <Chip>{words.kinds[kind]}</Chip>,
  },
  {
    key: "address",
    header: words.columns.address,
    width: "44%",
    cell: (source) => <code className={classes.wrap}>{addressOf(source) ?? "–"}</code>,
  },
  {
    key: "state",
    header: words.columns.state,
    width: "130px",
    cell: ({ enabled, missing, problems }) => (
      <SourceState enabled={enabled} wrong={missing !== null || problems.length > 0} />
    ),
  },
];

interface SourceStateProps {
  enabled: boolean;
  /** It lacks a setting, or has one that cannot be used. */
  wrong: boolean;
}

export function SourceState({ enabled, wrong }: SourceStateProps) {
  if (wrong) return <OutcomeChip outcome="watch">{words.incomplete}</OutcomeChip>;
  return (
    <OutcomeChip outcome={enabled ? "done" : "plain"}>{enabled ? words.on : words.off}</OutcomeChip>
  );
}
