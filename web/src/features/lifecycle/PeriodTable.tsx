import { Card } from "@/ui/Card";
import { hidesSome } from "@/ui/charts/activeDays";
import { ChartTable } from "@/ui/charts/ChartTable";
import { type LifecyclePeriod, lifecycleTable, type PeriodHref } from "@/ui/charts/LifecycleBars";
import { lifecycle as words } from "@/words/lifecycle";
import type { Step } from "./queries";

interface PeriodTableProps {
  periods: readonly LifecyclePeriod[];
  kind: Step;
  peopleHref?: PeriodHref;
}

/** The same figures as rows, the newest first. */
export function PeriodTable({ periods, kind, peopleHref }: PeriodTableProps) {
  return (
    <Card title={words.table.title}>
      <ChartTable
        table={lifecycleTable([...periods].reverse(), kind, peopleHref)}
        label={words.table.caption(words.periods[kind].toLowerCase())}
        height={480}
        hidden={hidesSome(periods)}
      />
    </Card>
  );
}
