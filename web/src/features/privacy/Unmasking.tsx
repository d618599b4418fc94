import { Button } from "@mantine/core";
import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import type { UnmaskRequest } from "@/api/access";
import { api, request } from "@/api/client";
import { tableState } from "@/api/lists";
import { useAct } from "@/api/useAct";
import { useHref } from "@/router/href";
import { useCan, useMe } from "@/session/session";
import { type Outcome, OutcomeChip } from "@/ui/badges";
import { EmptyState } from "@/ui/EmptyState";
import { When } from "@/ui/Num";
import { notify } from "@/ui/notify";
import { PersonLabel } from "@/ui/PersonLabel";
import { type Column, QueryTable } from "@/ui/QueryTable";
import { privacy } from "@/words/privacy";
import classes from "./Privacy.module.css";

const words = privacy.unmask;

const outcomes: Record<string, Outcome> = {
  waiting: "watch",
  granted: "done",
  refused: "failed",
  expired: "plain",
};

interface UnmaskingProps {
  workspace: string;
  query: UseInfiniteQueryResult<InfiniteData<{ items: UnmaskRequest[] }>>;
}

/** Requests to see a name, and the second pair of eyes. */
export function Unmasking({ workspace, query }: UnmaskingProps) {
  const href = useHref();
  const { email } = useMe();
  const decides = useCan()("people.unmask_approve");
  const decide = useAct(
    ({ row, verb }: { row: UnmaskRequest; verb: "approve" | "refuse" }) =>
      request(() =>
        api.POST(`/api/v1/workspaces/{workspace}/unmask-requests/{id}/${verb}`, {
          params: { path: { workspace, id: String(row.id) } },
        }),
      ),
    (_, { row, verb }) =>
      notify({
        message: verb === "approve" ? words.approved(row.asked_by) : words.refused(row.asked_by),
      }),
    ["w", workspace],
  );
  const columns: Column<UnmaskRequest>[] = [
    {
      key: "person",
      header: words.columns.person,
      cell: ({ person }) => <PersonLabel id={person} />,
    },
    {
      key: "purpose",
      header: words.columns.purpose,
      width: "30%",
      cell: ({ purpose }) => <span className={classes.wrap}>{purpose}</span>,
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
      width: "170px",
      cell: ({ state, until, decided_by }) => (
        <span className={classes.lines}>
          <OutcomeChip outcome={outcomes[state] ?? "plain"}>
            {words.states[state] ?? state}
          </OutcomeChip>
          {decided_by ? <span className={classes.sub}>{words.decided(decided_by)}</span> : null}
          {until && state === "granted" ? (
            <span className={classes.sub}>
              <When at={until} />
            </span>
          ) : null}
        </span>
      ),
    },
    ...(decides
      ? [
          {
            key: "decide",
            header: words.approve,
            silent: true,
            align: "right" as const,
            width: "230px",
            cell: (row: UnmaskRequest) => {
              if (row.state !== "waiting") return null;
              if (row.asked_by === email) return <span className={classes.sub}>{words.own}</span>;
              return (
                <span className={classes.buttons}>
                  <Button
                    variant="default"
                    size="compact-sm"
                    aria-label={words.refuseOf(row.asked_by, row.person)}
                    onClick={() => !decide.isPending && decide.mutate({ row, verb: "refuse" })}
                  >
                    {words.refuse}
                  </Button>
                  <Button
                    variant="default"
                    size="compact-sm"
                    aria-label={words.approveOf(row.asked_by, row.person)}
                    onClick={() => !decide.isPending && decide.mutate({ row, verb: "approve" })}
                  >
                    {words.approve}
                  </Button>
                </span>
              );
            },
          },
        ]
      : []),
  ];
  return (
    <section className={classes.section}>
      <h2>{words.title}</h2>
      <p className={classes.lead}>{words.lead}</p>
      <QueryTable
        label={words.label}
        columns={columns}
        rowKey={({ id }) => String(id)}
        rowHref={({ person }) =>
          href({ to: "/w/$workspace/people/$id", params: { workspace, id: person } })
        }
        {...tableState(query)}
        empty={
          <EmptyState kind="done" title={words.empty}>
            {words.emptyText}
          </EmptyState>
        }
      />
    </section>
  );
}
