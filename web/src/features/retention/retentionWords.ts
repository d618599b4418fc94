import { type Cohort, type Pooled, spokenColumn, stepOn } from "@/ui/charts/cohorts";
import type { HeatColumn } from "@/ui/charts/Heatmap";
import { formatDay } from "@/ui/format";
import { retention as words } from "@/words/retention";
import type { Step, Variant } from "./queries";
import type { Course } from "./RoleLines";

const wished = { day: 7, week: 8, month: 3 };
/** Ranges are few, so the last one that has elapsed says most. */
const wishedRange = 3;

/** How many are still there where the curve has calmed down, and which role holds best. */
export function verdictOf(
  variant: Variant,
  step: Step,
  columns: readonly HeatColumn[],
  pooled: readonly Pooled[],
  courses: readonly Course[],
): string | undefined {
  const at = spokenColumn(pooled, variant === "bracket" ? wishedRange : wished[step]);
  const share = at === undefined ? null : (pooled[at]?.share ?? null);
  if (at === undefined || share === null) return undefined;
  const when = words.when(columns[at]?.title ?? "");
  const say = variant === "unbounded" ? words.verdict.unboundedShare : words.verdict.share;
  return say(share, pooled[0]?.eligible ?? 0, when) + rolesOf(courses, at);
}

function rolesOf(courses: readonly Course[], at: number): string {
  const known = courses.flatMap(({ name, pooled }) => {
    const column = pooled[at];
    // A handful of people is no rate to hold against another.
    if (!column || column.share === null || column.eligible < 5) return [];
    return [{ name, share: column.share, people: column.eligible }];
  });
  known.sort((one, other) => other.share - one.share);
  const [best, worst] = [known[0], known.at(-1)];
  if (!best || !worst || !differ(best, worst)) return "";
  return words.verdict.roles(best.name, best.share, worst.name, worst.share);
}

interface Rate {
  share: number;
  people: number;
}

/** Whether two rates lie further apart than chance would put them 19 times in 20. */
function differ(one: Rate, other: Rate): boolean {
  const spread = (rate: Rate) => (rate.share * (1 - rate.share)) / rate.people;
  const distance = Math.abs(one.share - other.share);
  return distance > 0 && distance > 1.96 * Math.sqrt(spread(one) + spread(other));
}

/** The day on which the first cohort has a whole period behind it. */
export function firstFigure(cohorts: readonly Cohort[], step: Step): string {
  const first = cohorts.find((cohort) => cohort.size !== 0);
  return first ? formatDay(stepOn(first.start, step, 2)) : "";
}
