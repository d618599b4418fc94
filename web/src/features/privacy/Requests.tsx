import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { PrivacyRequest } from "@/api/access";
import { tableState } from "@/api/lists";
import { useCan } from "@/session/session";
import { type Outcome, OutcomeChip } from "@/ui/badges";
import { EmptyState } from "@/ui/EmptyState";
import { When } from "@/ui/Num";
import { PersonLabel } from "@/ui/PersonLabel";
import { type Column, QueryTable } from "@/ui/QueryTable";
import { privacy } from "@/words/privacy";
import classes from "./Privacy.module.css";
import { RequestForm } from "./RequestForm";

const words = privacy.requests;

const outcomes: Record<string, Outcome> = {
  waiting: "plain",
  running: "running",
  done: "done",
  failed: "failed",
};

interface RequestsProps {
  workspace: string;
  query: UseInfiniteQueryResult<InfiniteData<{ items: PrivacyRequest[] }>>;
}

/** Copies and erasures: long work, so one may leave and come back. */
export function Requests({ workspace, query }: RequestsProps) {
  const search = useSearch({ from: "/_framed/w/$workspace/privacy" });
  const navigate = useNavigate({ from: "/w/$workspace/privacy" });
  const writes = useCan()("privacy.write");
  const open = () => void navigate({ search: (old) => ({ ...old, request: "export" as const }) });
  const close = () =>
    void navigate({
      search: ({ request: _, person: __, ...old }) => old,
      replace: true,
    });
  return (
    <section className={classes.section}>
      <header className={classes.head}>
        <div>
          <h2>{words.title}</h2>
          <p className={classes.lead}>{words.lead}</p>
        </div>
        {writes ? (
          <Button
            leftSection={<IconPlus size={16} stroke={1.5} aria-hidden="true" />}
            onClick={open}
          >
            {words.add}
          </Button>
        ) : null}
      </header>
      <QueryTable
        label={words.label}
        columns={columnsOf(workspace)}
        rowKey={({ id }) => String(id)}
        {...tableState(query)}
        empty={
          <EmptyState
            kind="done"
            title={words.empty}
            action={
              writes ? (
                <Button variant="default" onClick={open}>
                  {words.add}
                </Button>
              ) : undefined
            }
          >
            {words.emptyText}
          </EmptyState>
        }
      />
      {search.request && writes ? (
        <RequestForm
          workspace={workspace}
          kind={search.request}
          person={search.person}
          onClose={close}
        />
      ) : null}
    </section>
  );
}

function columnsOf(workspace: string): Column<PrivacyRequest>[] {
  return [
    {
      key: "person",
      header: words.columns.person,
      cell: ({ person }) => <PersonLabel id={person} />,
    },
    {
      key: "kind",
      header: words.columns.kind,
      width: "110px",
      cell: ({ kind }) => words.kinds[kind] ?? kind,
    },
    {
      key: "reason",
      header: words.columns.reason,
      width: "28%",
      cell: ({ reason }) => <span className={classes.wrap}>{reason}</span>,
    },
    {
      key: "by",
      header: words.columns.by,
      width: "190px",
      cell: ({ asked_by, asked_at }) => (
        <span className={classes.lines}>
          <bdi>{asked_by}</bdi>
          <span className={classes.sub}>
            <When at={asked_at} />
          </span>
        </span>
      ),
    },
    {
      key: "state",
      header: words.columns.state,
      width: "230px",
      cell: (row) => (
        <span className={classes.lines}>
          <OutcomeChip outcome={outcomes[row.state] ?? "plain"}>
            {words.states[row.state] ?? row.state}
          </OutcomeChip>
          {row.message ? (
            <span className={row.state === "failed" ? classes.problem : classes.sub}>
              {row.message}
            </span>
          ) : null}
          {row.file_until && Date.parse(row.file_until) > Date.now() ? (
            <a
              href={`/api/v1/workspaces/${encodeURIComponent(workspace)}/privacy-requests/${row.id}/file`}
              download
              aria-label={words.fileOf(row.person)}
            >
              {words.file}
            </a>
          ) : null}
        </span>
      ),
    },
  ];
}
