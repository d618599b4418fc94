import { addDays, addMonths, type Day } from "../day";
import type { PeriodKind } from "../format";

export interface Cohort {
  start: Day;
  /** null where privacy hides so few people, like those of its columns. */
  size: number | null;
  /** People for whom the column has fully elapsed. */
  eligible: readonly (number | null)[];
  /** null where the column has not begun. */
  retained: readonly (number | null)[];
  running: readonly boolean[];
  suppressed?: boolean;
}

export interface Pooled {
  retained: number;
  eligible: number;
  /** null when no cohort has got that far. */
  share: number | null;
}

/** All cohorts together, weighted by their people, over elapsed cells only. */
export function poolCohorts(cohorts: readonly Cohort[], columns: number): Pooled[] {
  return Array.from({ length: columns }, (_, at) => {
    let retained = 0;
    let eligible = 0;
    for (const cohort of cohorts) {
      const whole = cohort.eligible[at] ?? 0;
      const kept = cohort.retained[at] ?? null;
      // What is hidden of a cohort would pull the share down if it counted as nobody.
      if (whole === 0 || kept === null) continue;
      eligible += whole;
      retained += kept;
    }
    return { retained, eligible, share: eligible === 0 ? null : retained / eligible };
  });
}

/** The highest share beyond the beginning, which is always 100 %: the colours run up to it. */
export function highestShare(cohorts: readonly Cohort[]): number {
  let high = 0.05;
  for (const cohort of cohorts) {
    cohort.retained.forEach((retained, at) => {
      const whole = cohort.eligible[at] ?? 0;
      if (at > 0 && whole > 0 && retained !== null) high = Math.max(high, retained / whole);
    });
  }
  return high;
}

/**
 * The column a sentence speaks of: the wished one, or the last before it that enough people have
 * reached; undefined when none beyond the first has elapsed.
 */
export function spokenColumn(pooled: readonly Pooled[], wished: number): number | undefined {
  const began = pooled[0]?.eligible ?? 0;
  for (let at = Math.min(wished, pooled.length - 1); at > 0; at -= 1) {
    const column = pooled[at];
    if (column && column.eligible > 0 && column.eligible * 5 >= began) return at;
  }
  return undefined;
}

/** What a curve must keep to, to be called settled. The words of the rule name the same figures. */
export const settled = {
  periods: 4,
  people: 100,
  within: 0.02,
  /** Of those who stayed, per period. */
  loses: 0.01,
  fell: 0.05,
  least: 0.05,
} as const;

/**
 * Where a curve stops falling: the first column from which all whole ones stay close to their
 * common mean without drifting down, provided that it did fall before and did not fall to nothing.
 * Columns that few people have reached say nothing either way.
 */
export function settlesAt(pooled: readonly Pooled[]): { at: number; share: number } | undefined {
  const began = pooled[0]?.eligible ?? 0;
  const short = pooled.findIndex(
    ({ share, eligible }) => share === null || eligible < settled.people || eligible * 5 < began,
  );
  const shares = pooled.slice(0, short < 0 ? undefined : short).map(({ share }) => share ?? 0);
  for (let at = 1; at + settled.periods <= shares.length; at += 1) {
    const tail = shares.slice(at);
    const mean = meanOf(tail);
    const middle = Math.floor(tail.length / 2);
    const fall = meanOf(tail.slice(0, middle)) - meanOf(tail.slice(-middle));
    // The halves lie this many periods apart, middle to middle.
    const perPeriod = fall / (tail.length - middle);
    const close = tail.every((share, after) => {
      // Chance alone moves a share of so many people this far, 19 times in 20.
      const chance = 1.96 * Math.sqrt((mean * (1 - mean)) / (pooled[at + after]?.eligible ?? 1));
      return Math.abs(share - mean) <= Math.max(settled.within, chance);
    });
    const fell = Math.max(...shares.slice(0, at)) - mean >= settled.fell;
    if (close && perPeriod <= settled.loses * mean && fell) {
      return mean >= settled.least ? { at, share: mean } : undefined;
    }
  }
  return undefined;
}

const meanOf = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

export function stepOn(day: Day, step: PeriodKind, count: number): Day {
  if (step === "month") return addMonths(day, count);
  return addDays(day, step === "week" ? count * 7 : count);
}
