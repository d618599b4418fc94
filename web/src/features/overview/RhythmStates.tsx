import type { App } from "@/api/apps";
import { ShareBars } from "@/ui/charts/ShareBars";
import type { ChartState } from "@/ui/charts/types";
import { formatShare } from "@/ui/format";
import { overview } from "@/words/overview";
import { appCount } from "@/words/plural";
import { statesOf } from "./figures";

const words = overview.rhythm;
const order = ["on_rhythm", "not_yet_due", "due", "overdue", "unknown"] as const;

interface RhythmStatesProps {
  apps: readonly App[] | undefined;
  /** The page is filtered by role, this picture is not. */
  allRoles: boolean;
  state: ChartState | undefined;
}

/** Where all apps stand against their own rhythm; silence may be normal. */
export function RhythmStates({ apps = [], allRoles, state }: RhythmStatesProps) {
  const states = statesOf(apps);
  const share = (count: number) => (apps.length === 0 ? null : count / apps.length);
  const bars = order.map((key) => ({
    name: words.names[key],
    share: share(states[key]),
    count: states[key],
    aside: appCount(states[key]),
  }));
  return (
    <ShareBars
      title={words.title}
      summary={
        words.summary(states.on_rhythm, apps.length) + (allRoles ? ` ${overview.allRoles}` : "")
      }
      definition="state"
      state={state ?? (apps.length === 0 ? { kind: "empty", message: words.empty } : undefined)}
      bars={bars}
      height={168}
      lines={2}
      table={{
        caption: words.title,
        columns: [
          { label: words.state },
          { label: words.apps, numeric: true },
          { label: words.share, numeric: true },
        ],
        rows: bars.map((bar) => [
          bar.name,
          bar.count,
          bar.share === null ? null : { value: bar.share, text: formatShare(bar.share) },
        ]),
      }}
    />
  );
}
