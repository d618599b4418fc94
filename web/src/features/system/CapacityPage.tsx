import { useQuery } from "@tanstack/react-query";
import type { Schema } from "@/api/client";
import { QueryError } from "@/api/QueryError";
import { Cards, Span } from "@/ui/Card";
import { Figure } from "@/ui/Figures";
import { Unknown } from "@/ui/faces";
import { formatBytes, formatExact } from "@/ui/format";
import { When } from "@/ui/Num";
import { PageHeader } from "@/ui/PageHeader";
import { SkeletonBlock } from "@/ui/Skeletons";
import { Stack } from "@/ui/Stack";
import { Stats } from "@/ui/Stat";
import { system } from "@/words/system";
import { DatabaseParts, IngestHours } from "./CapacityCharts";
import { capacityVerdict, MANY_DAYS } from "./figures";
import { KeyCounts } from "./KeyCounts";
import { capacityQuery } from "./queries";
import classes from "./System.module.css";

const words = system.capacity;

/** How long does the disk last, and what fills it? */
export function CapacityPage() {
  const query = useQuery(capacityQuery);
  const { data } = query;
  if (query.error && !data) {
    return (
      <>
        <PageHeader title={words.title} />
        <QueryError error={query.error} onRetry={() => void query.refetch()} />
      </>
    );
  }
  return (
    <>
      <PageHeader
        title={words.title}
        verdict={data && capacityVerdict(data)}
        facts={
          data ? (
            <>
              <span>{words.figures.version(data.version, data.commit)}</span>
              <span>
                {words.figures.started} <When at={data.started_at} />
              </span>
              {data.disk ? (
                <span className={classes.facts}>{words.figures.path(data.disk.path)}</span>
              ) : null}
            </>
          ) : undefined
        }
      />
      <Stack>
        {data ? <Figures capacity={data} /> : <SkeletonBlock height={108} />}
        <Cards>
          <Span of={8}>
            <IngestHours capacity={data} />
          </Span>
          <Span of={4}>
            <DatabaseParts capacity={data} />
          </Span>
        </Cards>
        <KeyCounts keys={data?.keys} />
      </Stack>
    </>
  );
}

function Figures({ capacity }: { capacity: Schema["Capacity"] }) {
  const { disk, days_left, growth_per_day_bytes, database, memory_bytes } = capacity;
  const { figures } = words;
  return (
    <Stats>
      <Figure
        label={figures.daysLeft}
        rule={figures.daysLeftRule}
        note={disk ? figures.free(disk.free, disk.total) : undefined}
      >
        {disk === null || days_left === null ? (
          <Unknown reason={disk ? words.verdict.still : figures.noDisk} />
        ) : days_left > MANY_DAYS ? (
          figures.moreThan(MANY_DAYS)
        ) : (
          formatExact(days_left)
        )}
      </Figure>
      <Figure label={figures.growth} rule={figures.growthRule}>
        {growth_per_day_bytes === null ? (
          <Unknown reason={figures.noGrowth} />
        ) : (
          formatBytes(growth_per_day_bytes)
        )}
      </Figure>
      <Figure
        label={figures.database}
        rule={figures.databaseRule}
        note={figures.engines[database.engine] ?? database.engine}
      >
        {formatBytes(database.bytes)}
      </Figure>
      <Figure label={figures.memory} rule={figures.memoryRule}>
        {memory_bytes === null ? <Unknown reason={figures.noMemory} /> : formatBytes(memory_bytes)}
      </Figure>
    </Stats>
  );
}
