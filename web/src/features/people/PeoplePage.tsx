import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import { downloadCsv, type Schema } from "@/api/client";
import { tableState } from "@/api/lists";
import { useHref } from "@/router/href";
import { useWorkspace } from "@/session/session";
import { EmptyState } from "@/ui/EmptyState";
import { type Filter, FilterBar } from "@/ui/FilterBar";
import { PageHeader } from "@/ui/PageHeader";
import { QueryTable } from "@/ui/QueryTable";
import { people as words } from "@/words/people";
import { peopleColumns } from "./columns";
import { changeOf, usePeopleFilters } from "./filters";
import { peopleParams, peopleQuery } from "./queries";
import { DEFAULT_SORT, type PeopleSearch } from "./search";

export function PeoplePage() {
  const { slug: workspace } = useWorkspace();
  const search = useSearch({ from: "/_framed/w/$workspace/people/" });
  const navigate = useNavigate({ from: "/w/$workspace/people/" });
  const href = useHref();
  const query = useInfiniteQuery(peopleQuery(workspace, search));
  const filters = usePeopleFilters(search);
  const set = useCallback(
    (change: Partial<PeopleSearch>, replace = false) =>
      void navigate({ search: (old) => ({ ...old, ...change }), replace }),
    [navigate],
  );
  const onSearch = useCallback((q: string) => set({ q: q || undefined }, true), [set]);
  const personHref = (person: Schema["Person"]) =>
    href({ to: "/w/$workspace/people/$id", params: { workspace, id: person.external_id } });
  const accountHref = (id: string) =>
    href({ to: "/w/$workspace/accounts/$id", params: { workspace, id } });
  const active = filters.filter(({ values }) => values.length > 0).length + (search.q ? 1 : 0);
  const total = query.data?.pages[0]?.total;
  return (
    <>
      <PageHeader title={words.title} verdict={verdictOf(total, active)} />
      <QueryTable
        label={words.table}
        columns={peopleColumns(personHref, accountHref)}
        rowKey={(person) => person.external_id}
        rowHref={personHref}
        sort={search.sort ?? DEFAULT_SORT}
        onSort={(sort) => set({ sort: sort as PeopleSearch["sort"] })}
        search={{ value: search.q ?? "", onChange: onSearch, placeholder: words.search }}
        filters={
          <FilterBar
            filters={filters}
            onChange={(key, values) => set(changeOf(key, values.at(-1)))}
          />
        }
        csv={() =>
          downloadCsv(
            `/api/v1/workspaces/${encodeURIComponent(workspace)}/people`,
            peopleParams(search),
            words.csv,
          )
        }
        {...tableState(query)}
        empty={
          <PeopleEmpty
            filters={filters}
            search={search}
            onClear={() =>
              set({
                q: undefined,
                role: undefined,
                app: undefined,
                account: undefined,
                excluded: undefined,
                ...changeOf("active", undefined),
                ...changeOf("first", undefined),
              })
            }
            inspectorHref={href({ to: "/w/$workspace/inspector", params: { workspace } })}
          />
        }
      />
    </>
  );
}

function verdictOf(total: number | null | undefined, active: number): string | undefined {
  if (total === null || total === undefined || total === 0) return undefined;
  return active > 0 ? words.verdictOf(total, active) : words.verdict(total);
}

interface PeopleEmptyProps {
  filters: readonly Filter[];
  search: PeopleSearch;
  onClear: () => void;
  inspectorHref: string;
}

function PeopleEmpty({ filters, search, onClear, inspectorHref }: PeopleEmptyProps) {
  const set = filters.flatMap(({ label, options, values }) =>
    values.map((value) => {
      const name = options.find((each) => each.value === value)?.label ?? value;
      return label ? `${label}: ${name}` : name;
    }),
  );
  if (search.q) set.push(`«${search.q}»`);
  if (set.length === 0) {
    return (
      <EmptyState
        kind="first"
        title={words.empty.first}
        action={
          <Button component="a" href={inspectorHref}>
            {words.empty.firstAction}
          </Button>
        }
      >
        {words.empty.firstText}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      kind="no-match"
      title={words.empty.noMatch}
      action={
        <Button variant="default" onClick={onClear}>
          {words.empty.clear}
        </Button>
      }
    >
      {words.empty.noMatchText(set.join(", "))}
    </EmptyState>
  );
}
