import type { UseQueryResult } from "@tanstack/react-query";
import { downloadCsv, type Schema } from "@/api/client";
import { chartState } from "@/api/metrics";
import { useWorkspace } from "@/session/session";
import { hidesSome } from "@/ui/charts/activeDays";
import { ShareBars } from "@/ui/charts/ShareBars";
import type { Cell } from "@/ui/charts/types";
import { formatExact, formatShare } from "@/ui/format";
import { apps } from "@/words/apps";
import { charts } from "@/words/charts";
import { ui } from "@/words/ui";

const words = apps.features;

function kindName(kind: string): string {
  return kind === "page" || kind === "screen" ? words.kinds[kind] : words.kinds.track;
}

interface FeatureBarsProps {
  query: UseQueryResult<Schema["FeatureAdoption"]>;
  app: string;
  role?: string;
  /** Only the most used; the rest one link away. */
  most?: number;
  allHref?: string;
}

/** Which share of the active people used each feature. */
export function FeatureBars({ query, app, role, most, allHref }: FeatureBarsProps) {
  const { slug: workspace } = useWorkspace();
  const all = [...(query.data?.features ?? [])].sort(
    (one, other) => (other.people ?? 0) - (one.people ?? 0),
  );
  const active = query.data?.active_people ?? 0;
  const hidden = hidesSome(all) || query.data?.suppressed === true;
  const [first] = all;
  const share = (value: number | null): Cell =>
    value === null ? null : { value, text: formatShare(value) };
  return (
    <ShareBars
      title={words.title}
      summary={
        first && active > 0
          ? words.summary(
              first.feature,
              formatShare(first.share_of_active ?? 0),
              formatExact(active),
            )
          : hidden
            ? charts.hiddenLast
            : words.none
      }
      hidden={hidden}
      definition="feature_adoption"
      stale={query.isPlaceholderData}
      state={chartState(query, all.length === 0 && { kind: "empty", message: words.empty })}
      height={most ? 280 : 320}
      controls={most && all.length > most && <a href={allHref}>{words.all}</a>}
      bars={all.slice(0, most).map((feature) => ({
        name: feature.feature,
        share: feature.share_of_active,
        count: feature.people,
        tick: feature.share_of_entitled,
        aside:
          feature.people === null || active === 0
            ? ui.faces.hidden
            : words.of(formatExact(feature.people), formatExact(active)),
      }))}
      csv={() =>
        downloadCsv(
          `/api/v1/workspaces/${encodeURIComponent(workspace)}/metrics/features`,
          { app, role, from: query.data?.from, to: query.data?.to },
          `${app}-features.csv`,
        )
      }
      table={{
        caption: words.label,
        columns: [
          { label: words.feature },
          { label: words.kind },
          { label: words.people, numeric: true },
          { label: words.share, numeric: true },
          { label: words.events, numeric: true },
          { label: words.perPerson, numeric: true },
        ],
        rows: all.map((feature) => [
          feature.feature,
          kindName(feature.kind),
          feature.people,
          share(feature.share_of_active),
          feature.events,
          feature.events_per_person,
        ]),
      }}
    />
  );
}
