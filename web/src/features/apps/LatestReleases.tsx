import type { UseQueryResult } from "@tanstack/react-query";
import type { Schema } from "@/api/client";
import { QueryError } from "@/api/QueryError";
import { useWorkspace } from "@/session/session";
import { Card } from "@/ui/Card";
import { dayInZone } from "@/ui/day";
import { formatDay } from "@/ui/format";
import { SkeletonBlock } from "@/ui/Skeletons";
import { apps } from "@/words/apps";
import classes from "./Apps.module.css";

const words = apps.releases;
const most = 6;

interface LatestReleasesProps {
  query: UseQueryResult<{ items: Schema["Release"][] }>;
  allHref: string;
}

export function LatestReleases({ query, allHref }: LatestReleasesProps) {
  const { time_zone } = useWorkspace();
  const all = query.data?.items;
  return (
    <Card title={words.latest} aside={<a href={allHref}>{words.all}</a>}>
      {query.error && !all && (
        <QueryError error={query.error} onRetry={() => void query.refetch()} />
      )}
      {!all && !query.error && <SkeletonBlock height={200} />}
      {all?.length === 0 && <p className={classes.lead}>{words.empty}</p>}
      {all && all.length > 0 && (
        <ul className={classes.releases}>
          {all.slice(0, most).map((release) => (
            <li key={`${release.version} ${release.released_at}`}>
              <span>▾ {release.version}</span>
              <span>{formatDay(dayInZone(new Date(release.released_at), time_zone))}</span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
