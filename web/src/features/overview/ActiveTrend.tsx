import type { UseQueryResult } from "@tanstack/react-query";
import type { App } from "@/api/apps";
import { downloadCsv, type Schema } from "@/api/client";
import { chartState } from "@/api/metrics";
import type { Period } from "@/router/search";
import { useWorkspace } from "@/session/session";
import type { Measure } from "@/ui/charts/activeDays";
import { PeopleTrend } from "@/ui/charts/PeopleTrend";
import type { DaysBehind } from "@/ui/charts/types";
import { type Day, dayInZone } from "@/ui/day";
import { overview } from "@/words/overview";

interface ActiveTrendProps {
  active: UseQueryResult<Schema["ActiveSeries"]>;
  apps: UseQueryResult<App[]>;
  role?: string;
  period: Period;
  today: Day;
  measure: Measure;
  onMeasure: (measure: Measure) => void;
  onDays: (from: Day, to: Day) => void;
  behind?: DaysBehind;
}

/** People of the workspace, with the latest release of each app above. */
export function ActiveTrend({ active, apps, role, ...trend }: ActiveTrendProps) {
  const workspace = useWorkspace();
  const { from, to } = trend.period;
  return (
    <PeopleTrend
      {...trend}
      days={active.data?.days ?? []}
      stale={active.isPlaceholderData}
      lines={2}
      // Drawn once with its marks: they need room above, and the picture would move for them.
      state={chartState(active) ?? (apps.isPending ? chartState(apps) : undefined)}
      marks={(apps.data ?? []).flatMap(({ app, version, released_at }) =>
        released_at && version
          ? [
              {
                day: dayInZone(new Date(released_at), workspace.time_zone),
                label: `${app} ${version}`,
              },
            ]
          : [],
      )}
      marksNote={overview.releases}
      csv={() =>
        downloadCsv(
          `/api/v1/workspaces/${encodeURIComponent(workspace.slug)}/metrics/active`,
          { from, to, role },
          `active-people-${from}-${to}.csv`,
        )
      }
    />
  );
}
