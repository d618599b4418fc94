import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { downloadCsv, type Schema } from "@/api/client";
import { QueryError } from "@/api/QueryError";
import { useToday, useWorkspace } from "@/session/session";
import { EmptyState } from "@/ui/EmptyState";
import { When } from "@/ui/Num";
import { type Column, QueryTable } from "@/ui/QueryTable";
import { Stack } from "@/ui/Stack";
import { apps } from "@/words/apps";
import { appPath, releasesQuery } from "./queries";
import { ReleaseEffects } from "./ReleaseEffects";

const words = apps.releases;
const from = "/_framed/w/$workspace/apps/$app/releases";

/** What was shipped when, who is on it, and whether people came more or less since. */
export function ReleasesTab() {
  const { slug: workspace } = useWorkspace();
  const today = useToday();
  const { app } = useParams({ from });
  const query = useQuery(releasesQuery(workspace, app));
  const rows = query.data?.items;
  const columns: Column<Schema["Release"]>[] = [
    { key: "version", header: words.version, cell: (release) => release.version },
    {
      key: "released",
      header: words.released,
      width: "160px",
      cell: (release) => <When at={release.released_at} />,
    },
  ];
  return (
    <Stack>
      {rows && rows.length > 0 && <ReleaseEffects app={app} releases={rows} today={today} />}
      <QueryTable
        label={words.label}
        columns={columns}
        rows={rows}
        rowKey={(release) => `${release.version} ${release.released_at}`}
        total={query.data?.total ?? rows?.length}
        csv={() => downloadCsv(`${appPath(workspace, app)}/releases`, {}, `${app}-releases.csv`)}
        error={
          query.error && !rows ? (
            <QueryError error={query.error} onRetry={() => void query.refetch()} />
          ) : undefined
        }
        empty={
          <EmptyState kind="first" title={words.emptyTitle}>
            {words.empty}
          </EmptyState>
        }
      />
    </Stack>
  );
}
