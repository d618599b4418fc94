import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import { ROLES } from "@/api/access";
import { downloadCsv } from "@/api/client";
import { tableState } from "@/api/lists";
import { useHref } from "@/router/href";
import { useCanManage, useDoorName, useWorkspaces } from "@/session/session";
import { usePageActions } from "@/ui/actions";
import { EmptyState } from "@/ui/EmptyState";
import { FilterBar } from "@/ui/FilterBar";
import { PageHeader } from "@/ui/PageHeader";
import { QueryTable } from "@/ui/QueryTable";
import { Stack } from "@/ui/Stack";
import { frame } from "@/words/frame";
import { users as words } from "@/words/users";
import { usersColumns } from "./columns";
import { Invitations } from "./Invitations";
import { InviteForm } from "./InviteForm";
import { invitationsQuery, type UsersSearch, usersQuery, usersSearch } from "./queries";

/** Who may use this console, as what, and since when not? */
export function UsersPage() {
  const search = useSearch({ from: "/_framed/system/users/" });
  const navigate = useNavigate({ from: "/system/users/" });
  const href = useHref();
  const workspaces = useWorkspaces();
  const invites = useCanManage()("users.write");
  const query = useInfiniteQuery(usersQuery(search));
  const invitations = useInfiniteQuery(invitationsQuery);
  const [inviting, setInviting] = useState(false);
  usePageActions(
    useMemo(
      () =>
        invites ? [{ id: "user invite", label: words.invite, run: () => setInviting(true) }] : [],
      [invites],
    ),
  );
  const set = useCallback(
    (change: Partial<UsersSearch>, replace = false) =>
      void navigate({ search: (old) => ({ ...old, ...change }), replace }),
    [navigate],
  );
  const onSearch = useCallback((q: string) => set({ q: q || undefined }, true), [set]);
  const filtered = Boolean(search.q || search.role || search.workspace);
  const total = query.data?.pages[0]?.total ?? query.data?.pages[0]?.items.length;
  const open = invitations.data?.pages.flatMap(({ items }) => items).length ?? 0;
  return (
    <>
      <PageHeader
        title={words.title}
        keepLines
        verdict={total ? (filtered ? words.fits(total) : words.verdict(total, open)) : undefined}
        actions={
          invites ? (
            <Button
              leftSection={<IconPlus size={16} stroke={1.5} aria-hidden="true" />}
              onClick={() => setInviting(true)}
            >
              {words.invite}
            </Button>
          ) : undefined
        }
      />
      <Stack>
        <QueryTable
          label={words.label}
          columns={usersColumns(workspaces, useDoorName())}
          rowKey={({ id }) => String(id)}
          rowHref={({ id }) => href({ to: "/system/users/$id", params: { id: String(id) } })}
          search={{ value: search.q ?? "", onChange: onSearch, placeholder: words.search }}
          filters={
            <FilterBar
              filters={[
                {
                  key: "role",
                  label: words.filters.role,
                  options: ROLES.map((value) => ({ value, label: frame.workspace.roles[value] })),
                  values: search.role ? [search.role] : [],
                },
                {
                  key: "workspace",
                  label: words.filters.workspace,
                  options: workspaces.map(({ slug, name }) => ({ value: slug, label: name })),
                  values: search.workspace ? [search.workspace] : [],
                },
              ]}
              onChange={(key, values) => set(usersSearch({ ...search, [key]: values.at(-1) }))}
            />
          }
          csv={() => downloadCsv("/api/v1/users", { ...search }, "users.csv")}
          {...tableState(query)}
          empty={
            filtered ? (
              <EmptyState
                kind="no-match"
                title={words.noMatch}
                action={
                  <Button
                    variant="default"
                    onClick={() => set({ q: undefined, role: undefined, workspace: undefined })}
                  >
                    {words.clear}
                  </Button>
                }
              >
                {words.noMatchText}
              </EmptyState>
            ) : (
              <EmptyState
                kind="first"
                title={words.empty}
                action={
                  <Button component="a" variant="default" href={href({ to: "/system/sign-in" })}>
                    {words.connect}
                  </Button>
                }
              >
                {words.emptyText}
              </EmptyState>
            )
          }
        />
        {open > 0 || invitations.error ? (
          <Invitations query={invitations} withdraws={invites} />
        ) : null}
      </Stack>
      {inviting ? <InviteForm onClose={() => setInviting(false)} /> : null}
    </>
  );
}
