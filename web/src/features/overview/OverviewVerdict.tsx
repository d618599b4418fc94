import type { App } from "@/api/apps";
import type { Compared } from "@/ui/charts/activeDays";
import type { Day } from "@/ui/day";
import { changeOf, formatDay, formatExact } from "@/ui/format";
import { charts } from "@/words/charts";
import { overview } from "@/words/overview";
import { ui } from "@/words/ui";
import { course, type Mover } from "./figures";

const words = overview.verdict;
const named = 3;

interface OverviewVerdictProps {
  people: Compared;
  day: Day;
  /** Nothing is known of the day because too few people came. */
  hidden?: boolean;
  /** The slow app whose season the change comes from. */
  season: App | undefined;
  /** Apps that lose people, the largest losses first; unknown while they load. */
  lose: readonly Mover[] | undefined;
  appHref: (app: string) => string;
}

/** One sentence from the figures below it: how many came, which way it goes, and who loses. */
export function OverviewVerdict({
  people,
  day,
  hidden,
  season,
  lose,
  appHref,
}: OverviewVerdictProps) {
  if (people.now === null) return hidden ? words.hidden : words.unknown;
  const way = course(people);
  const seasonal = season !== undefined && (way === "growing" || way === "shrinking");
  const change = changeOf(people.now, people.before);
  return (
    <>
      {words[seasonal ? "seasonal" : way]}: {words.people(people.now, formatDay(day))},{" "}
      {change.text === null
        ? words.noEarlier
        : words.change(charts.arrows[change.direction], change.text)}
      {seasonal && (
        <>
          , {words.season[way]} <a href={appHref(season.app)}>{season.app}</a> (
          {ui.rhythm[season.rhythm]})
        </>
      )}
      . {lose && lose.length === 0 && words.noneLose}
      {lose && lose.length > 0 && (
        <>
          {words.lose(lose.length)}
          {lose.slice(0, named).map((app, at) => (
            <span key={app.app}>
              {at > 0 && ", "}
              <a href={appHref(app.app)}>{app.app}</a> (−{formatExact(app.before - app.now)})
            </span>
          ))}
          {lose.length > named && ` ${words.more(lose.length - named)}`}.
        </>
      )}
    </>
  );
}
