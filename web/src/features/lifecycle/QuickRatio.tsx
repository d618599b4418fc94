import { type LifecyclePeriod, lastWholePeriod } from "@/ui/charts/LifecycleBars";
import { Lines } from "@/ui/charts/Lines";
import type { Cell, ChartState } from "@/ui/charts/types";
import { dayAxis } from "@/ui/charts/xAxis";
import { formatPeriod, formatRatio } from "@/ui/format";
import { spokenPeriod, lifecycle as words } from "@/words/lifecycle";
import type { Step } from "./queries";

interface QuickRatioProps {
  periods: readonly LifecyclePeriod[];
  kind: Step;
  state: ChartState | undefined;
  stale: boolean;
}

/** In against out as one figure: above 1 the apps fill, below they drain. */
export function QuickRatio({ periods, kind, state, stale }: QuickRatioProps) {
  const running = periods.findIndex((period) => period.running);
  const whole = lastWholePeriod(periods);
  const ratio = whole?.quick_ratio ?? null;
  return (
    <Lines
      title={words.ratio.title}
      summary={
        whole && ratio !== null
          ? words.ratio.summary(formatRatio(ratio), spokenPeriod(whole.start, kind))
          : words.ratio.none
      }
      definition="quick_ratio"
      state={state}
      stale={stale}
      height={220}
      as="ratio"
      gap={words.ratio.gap}
      reference={{ value: 1, name: words.ratio.balance }}
      axis={dayAxis(
        periods.map((period) => period.start),
        kind,
      )}
      series={[
        {
          name: words.ratio.name,
          values: periods.map((period) => period.quick_ratio),
          runningFrom: running < 0 ? undefined : running,
        },
      ]}
      table={{
        caption: words.ratio.title,
        columns: [{ label: words.start }, { label: words.quickRatio, numeric: true }],
        rows: periods.map((period): Cell[] => [
          { value: period.start, text: formatPeriod(period.start, kind) },
          period.quick_ratio === null
            ? { value: null, text: words.ratio.gap }
            : { value: period.quick_ratio, text: formatRatio(period.quick_ratio) },
        ]),
      }}
    />
  );
}
