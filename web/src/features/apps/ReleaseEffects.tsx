import { useQuery } from "@tanstack/react-query";
import type { Schema } from "@/api/client";
import { activeQuery, chartState } from "@/api/metrics";
import { useWorkspace } from "@/session/session";
import { valuesBy } from "@/ui/charts/activeDays";
import { Interval } from "@/ui/charts/Interval";
import type { Cell } from "@/ui/charts/types";
import { addDays, type Day, dayInZone } from "@/ui/day";
import { formatDay, formatExact } from "@/ui/format";
import { apps } from "@/words/apps";
import { appQuery } from "./queries";
import { type ReleaseEffect, releaseEffect } from "./releaseEffect";

const words = apps.releases;
/** More rows than fit a screen would not be compared by eye. */
const most = 10;

interface ReleaseEffectsProps {
  app: string;
  releases: readonly Schema["Release"][];
  today: Day;
}

/** Before and after each release: an interval, not an arrow. */
export function ReleaseEffects({ app, releases, today }: ReleaseEffectsProps) {
  const { slug: workspace, time_zone } = useWorkspace();
  const record = useQuery(appQuery(workspace, app)).data;
  const shown = releases.slice(0, most).map((release) => ({
    version: release.version,
    day: dayInZone(new Date(release.released_at), time_zone),
  }));
  const [first = today] = [...shown.map((each) => each.day), today].sort();
  const active = useQuery(activeQuery(workspace, { app, from: addDays(first, -28), to: today }));
  const wau = valuesBy(active.data?.days ?? [], "wau");
  const born = record?.first_seen ? dayInZone(new Date(record.first_seen), time_zone) : null;
  const effects = shown.map((each) => ({
    ...each,
    effect: releaseEffect(wau, each.day, born, today),
  }));
  const latest = effects.find((each) => each.effect.kind === "known");

  return (
    <Interval
      title={words.effect}
      summary={
        latest?.effect.kind === "known"
          ? words.effectSummary(latest.version, spell(latest.effect))
          : words.effectNone
      }
      rule={words.effectRule}
      state={chartState(active)}
      format={signed}
      sides={{ less: words.fewer, more: words.more }}
      rows={effects.map(({ version, day, effect }) => ({
        name: `${version} · ${formatDay(day, today)}`,
        estimate: effect.kind === "known" ? effect : null,
        note: noteOf(effect),
        brief: effect.kind === "early" ? `○ ${formatDay(effect.over, today)}` : "?",
      }))}
      table={{
        caption: words.effect,
        columns: [
          { label: words.version },
          { label: words.released },
          { label: words.difference, numeric: true },
          { label: words.low, numeric: true },
          { label: words.high, numeric: true },
        ],
        rows: effects.map(({ version, day, effect }): Cell[] => [
          version,
          { value: day, text: formatDay(day) },
          ...(effect.kind === "known"
            ? [effect.value, effect.low, effect.high].map((each) => ({
                value: each,
                text: signed(each),
              }))
            : [{ value: null, text: noteOf(effect) }, "", ""]),
        ]),
      }}
    />
  );
}

const whole = (value: number) => formatExact(Math.round(value) + 0);
const signed = (value: number) => (Math.round(value) > 0 ? `+${whole(value)}` : whole(value));

function spell(effect: Extract<ReleaseEffect, { kind: "known" }>): string {
  return `${signed(effect.value)} (${signed(effect.low)} to ${signed(effect.high)})`;
}

function noteOf(effect: ReleaseEffect): string {
  if (effect.kind === "early") return words.early(formatDay(effect.over));
  if (effect.kind === "young") return words.tooYoung;
  const text = words.interval(whole(effect.before), whole(effect.after));
  return effect.low <= 0 && effect.high >= 0 ? `${text}; ${words.spans}` : text;
}
