import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { MySession } from "@/api/access";
import { api, request } from "@/api/client";
import { tableState } from "@/api/lists";
import { useAct } from "@/api/useAct";
import { useDoorName, useMe, useWorkspaces } from "@/session/session";
import { Chip } from "@/ui/badges";
import { Card, Cards, Span } from "@/ui/Card";
import { deviceOf } from "@/ui/device";
import { EmptyState } from "@/ui/EmptyState";
import { When } from "@/ui/Num";
import { notify } from "@/ui/notify";
import { PageHeader } from "@/ui/PageHeader";
import { type Column, QueryTable } from "@/ui/QueryTable";
import { frame } from "@/words/frame";
import { me as words } from "@/words/me";
import { users } from "@/words/users";
import classes from "./Me.module.css";
import { MyTokens } from "./MyTokens";
import { NameForm } from "./NameForm";
import { PasswordForm } from "./PasswordForm";
import { mySessionsQuery } from "./queries";
import { Totp } from "./Totp";

/** How am I called, how do I sign in, where am I signed in? */
export function MePage() {
  const me = useMe();
  return (
    <>
      <PageHeader title={words.title} verdict={words.lead} />
      <Cards>
        <Span of={6}>
          <NameForm me={me} />
          <Card title={words.roles.title}>
            <Roles />
          </Card>
          <MyTokens email={me.email} />
        </Span>
        <Span of={6}>
          <PasswordForm me={me} />
          <Totp me={me} />
        </Span>
        <Span of={12}>
          <section>
            <h2 className={classes.title}>{words.sessions.title}</h2>
            <Sessions />
          </section>
        </Span>
      </Cards>
    </>
  );
}

function Roles() {
  const { roles } = useMe();
  const workspaces = useWorkspaces();
  if (roles.length === 0) return <p className={classes.text}>{words.roles.none}</p>;
  return (
    <ul className={classes.list}>
      {roles.map(({ workspace, role }) => (
        <li key={workspace}>
          <span>
            {workspaces.find(({ slug }) => slug === workspace)?.name ?? workspace}{" "}
            <Chip>{frame.workspace.roles[role]}</Chip>
          </span>
          <span className={classes.sub}>{users.roleText[role]}</span>
        </li>
      ))}
    </ul>
  );
}

function Sessions() {
  const query = useInfiniteQuery(mySessionsQuery);
  const end = useAct(
    (id: string) =>
      request(() => api.DELETE("/api/v1/me/sessions/{id}", { params: { path: { id } } })),
    () => notify({ message: words.sessions.ended }),
    ["my", "sessions"],
  );
  const doorName = useDoorName();
  const nameOf = ({ agent }: MySession) => deviceOf(agent) ?? words.sessions.unknown;
  const columns: Column<MySession>[] = [
    {
      key: "device",
      header: words.sessions.columns.device,
      cell: (session) => (
        <span className={classes.device}>
          {nameOf(session)}
          {session.current ? <Chip>{words.sessions.current}</Chip> : null}
        </span>
      ),
    },
    {
      key: "address",
      header: words.sessions.columns.address,
      width: "22%",
      cell: ({ address }) => (address ? <code>{address}</code> : "–"),
    },
    {
      key: "source",
      header: words.sessions.columns.source,
      width: "20%",
      cell: ({ source }) => doorName(source),
    },
    {
      key: "seen",
      header: words.sessions.columns.seen,
      width: "140px",
      cell: ({ last_seen_at }) => <When at={last_seen_at} />,
    },
    {
      key: "end",
      header: words.sessions.end,
      silent: true,
      align: "right",
      width: "90px",
      cell: (session) =>
        session.current ? null : (
          <Button
            variant="subtle"
            color="gray"
            size="compact-xs"
            aria-label={words.sessions.endOf(nameOf(session))}
            onClick={() => !end.isPending && end.mutate(session.id)}
          >
            {words.sessions.end}
          </Button>
        ),
    },
  ];
  return (
    <QueryTable
      label={words.sessions.label}
      columns={columns}
      rowKey={({ id }) => id}
      {...tableState(query)}
      empty={<EmptyState kind="done" title={words.sessions.empty} />}
    />
  );
}
