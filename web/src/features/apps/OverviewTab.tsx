import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { downloadCsv } from "@/api/client";
import { chartState } from "@/api/metrics";
import { useHref } from "@/router/href";
import { usePeopleBehind } from "@/router/peopleBehind";
import { useWorkspace } from "@/session/session";
import { Cards, Span } from "@/ui/Card";
import { ChartNotes } from "@/ui/charts/ChartFrame";
import { aroundRelease, PeopleTrend } from "@/ui/charts/PeopleTrend";
import { addDays, dayInZone } from "@/ui/day";
import { formatDay } from "@/ui/format";

import { Stack } from "@/ui/Stack";
import { apps as words } from "@/words/apps";
import { charts } from "@/words/charts";
import { roles } from "@/words/roles";
import { FeatureBars } from "./FeatureBars";
import { LatestReleases } from "./LatestReleases";
import { appOverviewQueries, appQuery } from "./queries";
import { RhythmPanel } from "./RhythmPanel";
import { useAppPeriod } from "./useAppPeriod";

const from = "/_framed/w/$workspace/apps/$app/overview";
const shownFeatures = 8;

export function OverviewTab() {
  const workspace = useWorkspace();
  const { app } = useParams({ from });
  const search = useSearch({ from });
  const navigate = useNavigate({ from: "/w/$workspace/apps/$app/overview" });
  const href = useHref();
  const behind = usePeopleBehind({ app, role: search.role });
  const record = useQuery(appQuery(workspace.slug, app)).data;
  const { period, today, picker } = useAppPeriod(record);
  const queries = appOverviewQueries(workspace.slug, app, period, today, search.role);
  const active = useQuery(queries.active);
  const releases = useQuery(queries.releases);
  const features = useQuery(queries.features);
  const days = active.data?.days ?? [];
  const last = record?.last_seen && dayInZone(new Date(record.last_seen), workspace.time_zone);
  const params = { workspace: workspace.slug, app };
  const notes = [charts.workspace(workspace.name), `${words.one}: ${app}`, period.label];
  const marks = (releases.data?.items ?? []).map(({ version, released_at }) => {
    const day = dayInZone(new Date(released_at), workspace.time_zone);
    return { day, label: version, lines: aroundRelease(days, day, today) };
  });
  const inside = marks.filter(({ day }) => day >= period.from && day <= period.to).length;

  return (
    <ChartNotes value={search.role ? [...notes, `${roles.label}: ${roles[search.role]}`] : notes}>
      <Cards>
        <Span of={8}>
          <Stack>
            <PeopleTrend
              days={days}
              since={record?.first_seen?.slice(0, 10)}
              period={period}
              today={today}
              measure={search.measure ?? "month"}
              onMeasure={(measure) =>
                void navigate({
                  search: (old) => ({ ...old, measure: measure === "month" ? undefined : measure }),
                })
              }
              onDays={picker.onDays}
              behind={behind?.days}
              marks={marks}
              marksNote={words.marks(inside)}
              elsewhere={
                last &&
                last < period.from && (
                  <Button
                    variant="default"
                    size="xs"
                    onClick={() => picker.onDays(addDays(last, -75), addDays(last, 14))}
                  >
                    {words.lastDays(formatDay(last))}
                  </Button>
                )
              }
              stale={active.isPlaceholderData}
              state={chartState(active)}
              csv={() =>
                downloadCsv(
                  `/api/v1/workspaces/${encodeURIComponent(workspace.slug)}/metrics/active`,
                  { app, role: search.role, from: period.from, to: period.to },
                  `${app}-active-people-${period.from}-${period.to}.csv`,
                )
              }
            />
            <FeatureBars
              query={features}
              app={app}
              role={search.role}
              most={shownFeatures}
              allHref={href({ to: "/w/$workspace/apps/$app/features", params })}
            />
          </Stack>
        </Span>
        <Span of={4}>
          <Stack>
            <RhythmPanel app={app} />
            <LatestReleases
              query={releases}
              allHref={href({ to: "/w/$workspace/apps/$app/releases", params })}
            />
          </Stack>
        </Span>
      </Cards>
    </ChartNotes>
  );
}
