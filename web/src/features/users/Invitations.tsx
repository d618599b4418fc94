import { Button } from "@mantine/core";
import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import type { Invitation } from "@/api/access";
import { api, request } from "@/api/client";
import { tableState } from "@/api/lists";
import { useAct } from "@/api/useAct";
import { useWorkspaces } from "@/session/session";
import { Chip, OutcomeChip } from "@/ui/badges";
import { EmptyState } from "@/ui/EmptyState";
import { When } from "@/ui/Num";
import { notify } from "@/ui/notify";
import { type Column, QueryTable } from "@/ui/QueryTable";
import { frame } from "@/words/frame";
import { users } from "@/words/users";
import { Who } from "./columns";
import classes from "./Users.module.css";

const words = users.invitations;

interface InvitationsProps {
  query: UseInfiniteQueryResult<InfiniteData<{ items: Invitation[] }>>;
  withdraws: boolean;
}

/** Links that were handed out and not yet used. */
export function Invitations({ query, withdraws }: InvitationsProps) {
  const workspaces = useWorkspaces();
  const withdraw = useAct(
    ({ id }: Invitation) =>
      request(() => api.DELETE("/api/v1/invitations/{id}", { params: { path: { id } } })),
    (_, { email }) => notify({ message: words.withdrawn(email) }),
  );
  const columns: Column<Invitation>[] = [
    {
      key: "who",
      header: words.columns.who,
      cell: ({ name, email }) => <Who name={name ?? ""} email={email} />,
    },
    {
      key: "as",
      header: words.columns.as,
      width: "26%",
      cell: ({ workspace, role }) => (
        <Chip>
          {users.in(
            frame.workspace.roles[role],
            workspaces.find(({ slug }) => slug === workspace)?.name ?? workspace,
          )}
        </Chip>
      ),
    },
    {
      key: "apps",
      header: words.columns.apps,
      width: "24%",
      cell: ({ apps }) => (apps.length > 0 ? apps.join(", ") : "–"),
    },
    {
      key: "until",
      header: words.columns.until,
      width: "120px",
      cell: ({ expires_at, expired }) =>
        expired ? (
          <OutcomeChip outcome="plain">{words.expired}</OutcomeChip>
        ) : (
          <When at={expires_at} />
        ),
    },
    ...(withdraws
      ? [
          {
            key: "withdraw",
            header: words.withdraw,
            silent: true,
            align: "right" as const,
            width: "120px",
            cell: (row: Invitation) => (
              <Button
                variant="subtle"
                color="gray"
                size="compact-xs"
                aria-label={words.withdrawOf(row.email)}
                onClick={() => !withdraw.isPending && withdraw.mutate(row)}
              >
                {words.withdraw}
              </Button>
            ),
          },
        ]
      : []),
  ];
  return (
    <section>
      <header className={classes.head}>
        <div>
          <h2>{words.title}</h2>
          <p className={classes.lead}>{words.lead}</p>
        </div>
      </header>
      <QueryTable
        label={words.label}
        columns={columns}
        rowKey={({ id }) => String(id)}
        {...tableState(query)}
        empty={<EmptyState kind="done" title={words.empty} />}
      />
    </section>
  );
}
