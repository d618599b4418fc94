import type { Schema } from "@/api/client";
import { useHref } from "@/router/href";
import type { Period } from "@/router/search";
import { useCan, useWorkspace } from "@/session/session";
import { compared, valuesBy } from "@/ui/charts/activeDays";
import { Spark } from "@/ui/charts/Spark";
import { type Day, eachDay } from "@/ui/day";
import { formatDay } from "@/ui/format";
import { Delta } from "@/ui/Num";
import { SkeletonBlock } from "@/ui/Skeletons";
import { Stat, Stats } from "@/ui/Stat";
import { overview } from "@/words/overview";
import type { StateCounts } from "./figures";

const words = overview.stats;

interface OverviewStatsProps {
  days: readonly Schema["ActiveDay"][] | undefined;
  /** The day the trailing figures end on. */
  day: Day;
  period: Period;
  /** null when they cannot be had. */
  states: StateCounts | null | undefined;
  role?: string;
}

export function OverviewStats({ days, day, period, states, role }: OverviewStatsProps) {
  const { slug: workspace } = useWorkspace();
  const can = useCan();
  const href = useHref();
  if (!days || states === undefined) return <SkeletonBlock height={127} />;

  const people = valuesBy(days, "mau");
  const stickiness = compared(valuesBy(days, "stickiness"), day);
  const accounts = compared(valuesBy(days, "active_accounts"), day);
  const active = compared(people, day);
  const hidden = days.find(({ date }) => date === day)?.suppressed;
  const ending = words.days(formatDay(day));
  const course = eachDay(period.from, day < period.from ? period.from : day);

  return (
    <Stats>
      <Stat
        label={words.people}
        term="mau"
        value={active.now}
        unknown={words.noPeriod}
        hidden={hidden}
        href={href({ to: "/w/$workspace/people", params: { workspace }, search: { role } })}
        change={
          active.now === null && hidden ? undefined : (
            <Delta now={active.now ?? 0} before={active.before} against={words.against} />
          )
        }
        note={ending}
        spark={<Spark values={course.map((each) => people.get(each) ?? null)} />}
      />
      <Stat
        label={words.stickiness}
        term="stickiness"
        as="ratio"
        value={stickiness.now}
        unknown={words.noStickiness}
        hidden={hidden}
        change={
          stickiness.now === null && hidden ? undefined : (
            <Delta now={stickiness.now ?? 0} before={stickiness.before} against={words.against} />
          )
        }
        note={ending}
      />
      {states && <RhythmStat states={states} />}
      <Stat
        label={words.accounts}
        term="active_accounts"
        value={accounts.now}
        unknown={words.noPeriod}
        href={
          can("people.read")
            ? href({ to: "/w/$workspace/accounts", params: { workspace } })
            : undefined
        }
        change={<Delta now={accounts.now ?? 0} before={accounts.before} against={words.against} />}
        note={ending}
      />
    </Stats>
  );
}

function RhythmStat({ states }: { states: StateCounts }) {
  const { slug: workspace } = useWorkspace();
  const href = useHref();
  const all = Object.values(states).reduce((sum, count) => sum + count, 0);
  const rest = [
    states.not_yet_due > 0 && words.notDue(states.not_yet_due),
    states.unknown > 0 && words.unknown(states.unknown),
  ].filter(Boolean);
  return (
    <Stat
      label={words.rhythm}
      term="state"
      value={states.on_rhythm}
      href={href({ to: "/w/$workspace/apps", params: { workspace } })}
      change={words.ofApps(all)}
      note={rest.join(" · ")}
    />
  );
}
