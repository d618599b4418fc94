import { type App, bornLately } from "@/api/apps";
import type { Day } from "@/ui/day";
import { changeOf, formatDay } from "@/ui/format";
import { apps as words } from "@/words/apps";
import { charts } from "@/words/charts";

/** How the portfolio stands against its rhythms, in one or two sentences. */
export function appsVerdict(all: readonly App[]): string | undefined {
  if (all.length === 0) return undefined;
  const of = (state: App["state"]) => all.filter((app) => app.state === state);
  const overdue = of("overdue");
  const notDue = of("not_yet_due").length;
  const sentences = [words.verdict.all(of("on_rhythm").length, all.length)];
  if (notDue > 0) sentences.push(words.verdict.notDue(notDue));
  if (overdue.length === 0) sentences.push(words.verdict.fine);
  else if (overdue.length <= 3) {
    sentences.push(words.verdict.overdueFew(overdue.map((app) => app.app).join(", ")));
  } else sentences.push(words.verdict.overdue(overdue.length));
  return sentences.join(" ");
}

/** What the state of one app means for whoever opens its page. */
export function appVerdict(app: App, today: Day): string {
  const { active_people_28: active, active_people_prev_28: before } = app;
  const change = changeOf(active ?? 0, before || null);
  const moved =
    change.text === null
      ? words.head.noEarlier
      : words.head.change(charts.arrows[change.direction], change.text);
  // 28 days hold one pay day or two, so they say nothing about how a monthly app moved.
  const fast = app.rhythm === "weekday" || app.rhythm === "week";
  const count = active === null ? words.head.few : words.head.people(active);
  const young = bornLately(app, today);
  const comparable =
    active !== null && before !== null && !young && (fast || app.rhythm === "unknown");
  const people = comparable ? `${count}, ${moved}` : count;
  const gap = words.gap[app.rhythm];
  if (app.state === "on_rhythm") return words.head.on_rhythm(people);
  if (app.state === "unknown" || !app.expected) {
    return young ? words.head.young(people) : words.head.unknown(people);
  }
  const day = formatDay(app.expected);
  if (app.state === "due") return words.head.due(gap, day, people);
  return words.head[app.state](gap, day);
}
