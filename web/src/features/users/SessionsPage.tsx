import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import type { UserSession } from "@/api/access";
import { api, request } from "@/api/client";
import { tableState } from "@/api/lists";
import { useAct } from "@/api/useAct";
import { useHref } from "@/router/href";
import { useCanManage, useDoorName } from "@/session/session";
import { Chip } from "@/ui/badges";
import { deviceOf } from "@/ui/device";
import { EmptyState } from "@/ui/EmptyState";
import { When } from "@/ui/Num";
import { notify } from "@/ui/notify";
import { PageHeader } from "@/ui/PageHeader";
import { type Column, QueryTable } from "@/ui/QueryTable";
import { users } from "@/words/users";
import { Who } from "./columns";
import { sessionsQuery } from "./queries";
import classes from "./Users.module.css";

const words = users.sessions;

/** Who is signed in, from where, and since when? */
export function SessionsPage() {
  const search = useSearch({ from: "/_framed/system/sessions" });
  const navigate = useNavigate({ from: "/system/sessions" });
  const href = useHref();
  const ends = useCanManage()("sessions.write");
  const query = useInfiniteQuery(sessionsQuery);
  const doorName = useDoorName();
  const end = useAct(
    (id: string) =>
      request(() => api.DELETE("/api/v1/sessions/{id}", { params: { path: { id } } })),
    () => notify({ message: words.ended }),
  );
  const onSearch = useCallback(
    (q: string) => void navigate({ search: { q: q || undefined }, replace: true }),
    [navigate],
  );
  const state = tableState(query);
  const wanted = search.q?.toLowerCase() ?? "";
  const fits = ({ user }: UserSession) =>
    `${user.name} ${user.email}`.toLowerCase().includes(wanted);
  const rows = state.rows?.filter(fits);
  return (
    <>
      <PageHeader
        title={words.title}
        keepLines
        verdict={state.rows && words.verdict(state.rows.length)}
      />
      <QueryTable
        label={words.label}
        columns={columns(doorName, ends ? (id) => !end.isPending && end.mutate(id) : undefined)}
        rowKey={({ id }) => id}
        rowHref={({ user }) => href({ to: "/system/users/$id", params: { id: String(user.id) } })}
        search={{ value: search.q ?? "", onChange: onSearch, placeholder: words.search }}
        {...state}
        rows={rows}
        total={state.rows?.length ?? null}
        empty={
          <EmptyState
            kind={search.q ? "no-match" : "done"}
            title={search.q ? words.noMatch : words.empty}
          >
            {search.q ? undefined : words.emptyText}
          </EmptyState>
        }
      />
    </>
  );
}

function columns(
  doorName: (source: string) => string,
  onEnd?: (id: string) => void,
): Column<UserSession>[] {
  return [
    {
      key: "user",
      header: words.columns.user,
      cell: ({ user }) => <Who name={user.name} email={user.email} />,
    },
    {
      key: "device",
      header: words.columns.device,
      width: "210px",
      cell: ({ agent, current }) => (
        <span className={classes.chips}>
          <span title={agent ?? undefined}>{deviceOf(agent) ?? words.unknownDevice}</span>
          {current ? <Chip>{words.current}</Chip> : null}
        </span>
      ),
    },
    {
      key: "address",
      header: words.columns.address,
      width: "150px",
      cell: ({ address }) => (address ? <code>{address}</code> : "–"),
    },
    {
      key: "source",
      header: words.columns.source,
      width: "130px",
      cell: ({ source }) => doorName(source),
    },
    {
      key: "began",
      header: words.columns.began,
      width: "110px",
      wideOnly: true,
      cell: ({ created_at }) => <When at={created_at} />,
    },
    {
      key: "seen",
      header: words.columns.seen,
      width: "110px",
      cell: ({ last_seen_at }) => <When at={last_seen_at} />,
    },
    ...(onEnd
      ? [
          {
            key: "end",
            header: words.end,
            silent: true,
            align: "right" as const,
            width: "80px",
            cell: ({ id, user, current }: UserSession) =>
              current ? null : (
                <Button
                  variant="subtle"
                  color="gray"
                  size="compact-xs"
                  aria-label={words.endOf(user.name || user.email)}
                  onClick={() => onEnd(id)}
                >
                  {words.end}
                </Button>
              ),
          },
        ]
      : []),
  ];
}
