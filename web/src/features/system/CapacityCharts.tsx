import type { Schema } from "@/api/client";
import { Bars } from "@/ui/charts/Bars";
import { ShareBars } from "@/ui/charts/ShareBars";
import type { ChartState } from "@/ui/charts/types";
import { formatBytes, formatShare } from "@/ui/format";
import { system } from "@/words/system";
import { hourAxis, wholeWeek } from "./figures";

const { parts: partWords, ingest: words } = system.capacity;

type Capacity = Schema["Capacity"] | undefined;

const state = (capacity: Capacity, empty: string | false): ChartState | undefined => {
  if (!capacity) return { kind: "loading" };
  return empty ? { kind: "empty", message: empty } : undefined;
};

/** Calls by hour: a sender that falls silent or goes wrong shows here first. */
export function IngestHours({ capacity }: { capacity: Capacity }) {
  const hours = wholeWeek(capacity?.ingest ?? [], Date.now());
  const sum = (of: "accepted" | "duplicate" | "refused") =>
    hours.reduce((all, hour) => all + hour[of], 0);
  const [accepted, duplicate, refused] = [sum("accepted"), sum("duplicate"), sum("refused")];
  const axis = hourAxis(hours.map(({ at }) => at));
  return (
    <Bars
      title={words.title}
      summary={words.summary(accepted, duplicate, refused)}
      rule={words.rule}
      state={state(capacity, accepted + duplicate + refused === 0 && words.empty)}
      axis={axis}
      series={[
        {
          name: words.accepted,
          colour: "var(--th-series-1)",
          values: hours.map((each) => each.accepted),
        },
        {
          name: words.duplicate,
          colour: "var(--th-series-3)",
          values: hours.map((each) => each.duplicate),
        },
        {
          name: words.refused,
          colour: "var(--th-failed)",
          values: hours.map((each) => each.refused),
        },
      ]}
      running={{ from: hours.length - 1, note: words.running }}
      table={{
        caption: words.title,
        columns: [
          { label: words.hour },
          { label: words.accepted, numeric: true },
          { label: words.duplicate, numeric: true },
          { label: words.refused, numeric: true },
        ],
        rows: hours.map((each, at) => [
          { value: new Date(each.at).toISOString(), text: axis.label(at) },
          each.accepted,
          each.duplicate,
          each.refused,
        ]),
      }}
    />
  );
}

export function DatabaseParts({ capacity }: { capacity: Capacity }) {
  const { parts = [], bytes = 0 } = capacity?.database ?? {};
  const sorted = [...parts].sort((one, other) => other.bytes - one.bytes);
  const share = (part: number) => (bytes === 0 ? null : part / bytes);
  const nameOf = (name: string) => partWords.names[name] ?? sentence(name);
  const [largest] = sorted;
  return (
    <ShareBars
      title={partWords.title}
      summary={
        largest
          ? partWords.summary(nameOf(largest.name), share(largest.bytes) ?? 0)
          : partWords.empty
      }
      rule={partWords.rule}
      state={state(capacity, sorted.length === 0 && partWords.empty)}
      height={200}
      bars={sorted.map((part) => ({
        name: nameOf(part.name),
        share: share(part.bytes),
        count: part.bytes,
        aside: formatBytes(part.bytes),
      }))}
      table={{
        caption: partWords.title,
        columns: [
          { label: partWords.part },
          { label: partWords.size, numeric: true },
          { label: partWords.share, numeric: true },
        ],
        rows: sorted.map((part) => {
          const ratio = share(part.bytes);
          return [
            nameOf(part.name),
            part.bytes,
            ratio === null ? null : { value: ratio, text: formatShare(ratio) },
          ];
        }),
      }}
    />
  );
}

const sentence = (name: string) => (name[0]?.toUpperCase() ?? "") + name.slice(1);
