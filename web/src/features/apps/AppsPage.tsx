import { Button } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { allAppsQuery, yearOfMonths } from "@/api/apps";
import { downloadCsv } from "@/api/client";
import { tableState } from "@/api/lists";
import { appMonthsQuery } from "@/api/metrics";
import { useHref } from "@/router/href";
import { useToday, useWorkspace } from "@/session/session";
import { EmptyState } from "@/ui/EmptyState";
import { PageHeader } from "@/ui/PageHeader";
import { QueryTable } from "@/ui/QueryTable";
import { apps as words } from "@/words/apps";
import { appsVerdict } from "./appWords";
import { appColumns } from "./columns";
import { HandOver } from "./HandOver";
import { appsQuery } from "./queries";

/** Which apps live, grow, fade? */
export function AppsPage() {
  const { slug: workspace } = useWorkspace();
  const today = useToday();
  const href = useHref();
  const search = useSearch({ from: "/_framed/w/$workspace/apps/" });
  const navigate = useNavigate({ from: "/w/$workspace/apps/" });
  const list = useInfiniteQuery(appsQuery(workspace, search));
  const all = useQuery(allAppsQuery(workspace));
  const { from, to, starts } = yearOfMonths(today);
  const months = useQuery(appMonthsQuery(workspace, { from, to }));
  const clear = (
    <Button variant="default" onClick={() => void navigate({ search: {} })}>
      {words.list.clear}
    </Button>
  );

  return (
    <>
      <PageHeader title={words.title} verdict={all.data && appsVerdict(all.data)} />
      <HandOver workspace={workspace} />
      <QueryTable
        label={words.list.label}
        {...tableState(list)}
        columns={appColumns({
          today,
          starts,
          months: new Map(months.data?.apps.map((row) => [row.app, row])),
          peopleHref: (app) =>
            href({ to: "/w/$workspace/apps/$app/people", params: { workspace, app } }),
        })}
        rowKey={(app) => app.app}
        rowHref={({ app }) =>
          href({ to: "/w/$workspace/apps/$app/overview", params: { workspace, app } })
        }
        sort={search.sort}
        onSort={(sort) => void navigate({ search: (old) => ({ ...old, sort }) })}
        search={{
          value: search.q ?? "",
          placeholder: words.list.search,
          onChange: (q) =>
            void navigate({ search: (old) => ({ ...old, q: q || undefined }), replace: true }),
        }}
        csv={() =>
          downloadCsv(
            `/api/v1/workspaces/${encodeURIComponent(workspace)}/apps`,
            { ...search },
            "apps.csv",
          )
        }
        empty={
          search.q ? (
            <EmptyState kind="no-match" title={words.list.noMatchTitle(search.q)} action={clear}>
              {words.list.noMatch}
            </EmptyState>
          ) : (
            <EmptyState kind="first" title={words.list.emptyTitle}>
              {words.list.empty}
            </EmptyState>
          )
        }
      />
    </>
  );
}
