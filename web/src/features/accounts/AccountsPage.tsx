import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import { downloadCsv, type Schema } from "@/api/client";
import { tableState } from "@/api/lists";
import { useHref } from "@/router/href";
import { useWorkspace } from "@/session/session";
import { EmptyState } from "@/ui/EmptyState";
import { FilterBar } from "@/ui/FilterBar";
import { PageHeader } from "@/ui/PageHeader";
import { QueryTable } from "@/ui/QueryTable";
import { accounts as words } from "@/words/accounts";
import { accountColumns } from "./columns";
import { accountsParams, accountsQuery } from "./queries";
import { type AccountsSearch, DEFAULT_SORT } from "./search";

type Account = Schema["Account"];

export function AccountsPage() {
  const { slug: workspace } = useWorkspace();
  const search = useSearch({ from: "/_framed/w/$workspace/accounts/" });
  const navigate = useNavigate({ from: "/w/$workspace/accounts/" });
  const to = useHref();
  const query = useInfiniteQuery(accountsQuery(workspace, search));
  const set = useCallback(
    (change: Partial<AccountsSearch>, replace = false) =>
      void navigate({ search: (old) => ({ ...old, ...change }), replace }),
    [navigate],
  );
  const onSearch = useCallback((q: string) => set({ q: q || undefined }, true), [set]);
  const href = (account: Account) =>
    to({ to: "/w/$workspace/accounts/$id", params: { workspace, id: account.external_id } });
  const peopleHref = (account: Account) =>
    to({
      to: "/w/$workspace/people",
      params: { workspace },
      search: { account: account.external_id, sort: "-active_days_28" },
    });
  const state = tableState(query);
  const narrowed = Boolean(search.q || search.excluded);
  return (
    <>
      <PageHeader title={words.title} verdict={verdictOf(state.rows, state.total, narrowed)} />
      <QueryTable
        label={words.table}
        columns={accountColumns({
          href,
          peopleHref,
          money: state.rows?.some(({ plan, mrr }) => plan !== null || mrr !== null) ?? false,
        })}
        rowKey={(account) => account.external_id}
        rowHref={href}
        sort={search.sort ?? DEFAULT_SORT}
        onSort={(sort) => set({ sort: sort as AccountsSearch["sort"] })}
        search={{ value: search.q ?? "", onChange: onSearch, placeholder: words.search }}
        filters={
          <FilterBar
            filters={[
              {
                key: "excluded",
                label: words.filters.excluded,
                options: [{ value: "included", label: words.filters.excludedIncluded }],
                values: search.excluded ? [search.excluded] : [],
              },
            ]}
            onChange={(_, values) => set({ excluded: values[0] as AccountsSearch["excluded"] })}
          />
        }
        csv={() =>
          downloadCsv(
            `/api/v1/workspaces/${encodeURIComponent(workspace)}/accounts`,
            accountsParams(search),
            words.csv,
          )
        }
        {...state}
        empty={
          narrowed ? (
            <EmptyState
              kind="no-match"
              title={words.empty.noMatch}
              action={
                <Button
                  variant="default"
                  onClick={() => set({ q: undefined, excluded: undefined })}
                >
                  {words.empty.clear}
                </Button>
              }
            >
              {search.q ? words.empty.noMatchText(search.q) : null}
            </EmptyState>
          ) : (
            <EmptyState
              kind="first"
              title={words.empty.first}
              action={
                <Button component="a" href="/docs/sending-events#accounts">
                  {words.empty.firstAction}
                </Button>
              }
            >
              {words.empty.firstText}
            </EmptyState>
          )
        }
      />
    </>
  );
}

function verdictOf(
  rows: readonly Account[] | undefined,
  total: number | null,
  narrowed: boolean,
): string | undefined {
  if (!rows || rows.length === 0) return undefined;
  const all = total ?? rows.length;
  if (narrowed) return words.verdictOf(all);
  // Only a list that is here as a whole can be counted for the verdict.
  if (rows.length < all) return words.verdictTotal(all);
  return words.verdict(rows.filter((row) => row.active_people_28 !== 0).length, all);
}
