import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import { downloadCsv, type Schema } from "@/api/client";
import { tableState } from "@/api/lists";
import { useHref } from "@/router/href";
import { useCan, useWorkspace } from "@/session/session";
import { ActiveDays } from "@/ui/ActiveDays";
import { Chip } from "@/ui/badges";
import { EmptyState } from "@/ui/EmptyState";
import { Hidden } from "@/ui/faces";
import { MetricLabel, Num, When } from "@/ui/Num";
import { PersonLabel } from "@/ui/PersonLabel";
import { type Column, QueryTable } from "@/ui/QueryTable";
import { apps } from "@/words/apps";
import { roles } from "@/words/roles";
import { appPeopleQuery } from "./queries";

const words = apps.people;
const from = "/_framed/w/$workspace/apps/$app/people";
const defaultSort = "-last_seen";

/** Who uses this app. */
export function PeopleTab() {
  const { slug: workspace } = useWorkspace();
  const can = useCan();
  const { app } = useParams({ from });
  const search = useSearch({ from });
  const navigate = useNavigate({ from: "/w/$workspace/apps/$app/people" });
  const href = useHref();
  const query = useInfiniteQuery(appPeopleQuery(workspace, app, search));
  const onSearch = useCallback(
    (q: string) =>
      void navigate({ search: (old) => ({ ...old, q: q || undefined }), replace: true }),
    [navigate],
  );
  const filtered = search.q !== undefined || search.role !== undefined;

  return (
    <QueryTable
      label={words.label}
      columns={peopleColumns((id) =>
        can("people.read")
          ? href({ to: "/w/$workspace/accounts/$id", params: { workspace, id } })
          : undefined,
      )}
      rowKey={(person) => person.external_id}
      rowHref={({ external_id: id }) =>
        href({ to: "/w/$workspace/people/$id", params: { workspace, id } })
      }
      sort={search.sort ?? defaultSort}
      onSort={(sort) =>
        void navigate({
          search: (old) => ({ ...old, sort: sort === defaultSort ? undefined : sort }),
        })
      }
      search={{ value: search.q ?? "", onChange: onSearch, placeholder: words.search }}
      csv={() =>
        downloadCsv(
          `/api/v1/workspaces/${encodeURIComponent(workspace)}/people`,
          { app, role: search.role, q: search.q, sort: search.sort },
          `${app}-people.csv`,
        )
      }
      {...tableState(query)}
      empty={
        filtered ? (
          <EmptyState
            kind="no-match"
            title={words.noMatchTitle}
            action={
              <Button variant="default" onClick={() => void navigate({ search: {} })}>
                {words.clear}
              </Button>
            }
          >
            {words.noMatch}
          </EmptyState>
        ) : (
          <EmptyState kind="first" title={words.emptyTitle}>
            {words.empty}
          </EmptyState>
        )
      }
    />
  );
}

function peopleColumns(
  accountHref: (id: string) => string | undefined,
): Column<Schema["Person"]>[] {
  return [
    {
      key: "person",
      header: words.person,
      sort: "name",
      cell: (person) => (
        <PersonLabel
          id={person.external_id}
          name={person.name}
          email={person.email}
          anonymous={person.anonymous && !person.pseudonym}
        />
      ),
    },
    {
      key: "role",
      header: words.role,
      width: "112px",
      cell: ({ role }) => (role === null ? <Hidden /> : <Chip>{roleName(role)}</Chip>),
    },
    {
      key: "account",
      header: words.account,
      width: "168px",
      cell: (person) => <Account person={person} accountHref={accountHref} />,
    },
    {
      key: "last",
      header: <MetricLabel term="last_seen">{words.lastSeen}</MetricLabel>,
      name: words.lastSeen,
      sort: "last_seen",
      width: "132px",
      cell: (person) => <When at={person.last_seen} unknown={words.never} />,
    },
    {
      key: "days",
      header: <MetricLabel term="active_days_28">{words.days}</MetricLabel>,
      name: words.days,
      sort: "active_days_28",
      width: "190px",
      cell: (person) => <ActiveDays days={person.active_days_28} />,
    },
    {
      key: "events",
      header: <MetricLabel term="events">{words.events}</MetricLabel>,
      name: words.events,
      sort: "events",
      align: "right",
      width: "104px",
      cell: (person) => <Num value={person.events} />,
    },
  ];
}

interface AccountProps {
  person: Schema["Person"];
  accountHref: (id: string) => string | undefined;
}

function Account({ person, accountHref }: AccountProps) {
  if (!person.account) return person.suppressed ? <Hidden /> : words.noAccount;
  const name = person.account_name ?? person.account;
  const href = accountHref(person.account);
  return href ? <a href={href}>{name}</a> : name;
}

function roleName(role: string): string {
  return role === "admin" || role === "builder" || role === "end_user" ? roles[role] : role;
}
