import { addDays, type Day } from "@/ui/day";

export type ReleaseEffect =
  | { kind: "known"; value: number; low: number; high: number; before: number; after: number }
  /** Four weeks have not passed yet. */
  | { kind: "early"; over: Day }
  /** The app has no four weeks of history before it. */
  | { kind: "young" };

const weeks = [0, 1, 2, 3] as const;

/** Two-sided 95 % quantiles of Student's t by degrees of freedom; four and four give at most six. */
const quantile: Record<number, number> = {
  1: 12.706,
  2: 4.303,
  3: 3.182,
  4: 2.776,
  5: 2.571,
  6: 2.447,
};

/**
 * People per week in the four weeks from a release on, against the four weeks before it. Weeks
 * do not overlap, so the trailing 7-day figure is read every seventh day.
 */
export function releaseEffect(
  wau: ReadonlyMap<Day, number>,
  release: Day,
  firstSeen: Day | null,
  today: Day,
): ReleaseEffect {
  const over = addDays(release, 27);
  if (over >= today) return { kind: "early", over: addDays(over, 1) };
  if (firstSeen === null || firstSeen > addDays(release, -28)) return { kind: "young" };
  const before = weeks.map((week) => wau.get(addDays(release, -1 - 7 * week)) ?? 0);
  const after = weeks.map((week) => wau.get(addDays(release, 6 + 7 * week)) ?? 0);
  const [one, other] = [moments(before), moments(after)];
  const error = Math.sqrt((one.variance + other.variance) / weeks.length);
  const value = other.mean - one.mean;
  const reach = error * (quantile[freedom(one.variance, other.variance)] ?? 2.447);
  return {
    kind: "known",
    value,
    low: value - reach,
    high: value + reach,
    before: one.mean,
    after: other.mean,
  };
}

function moments(values: readonly number[]): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, variance: squares / (values.length - 1) };
}

/** Welch and Satterthwaite, rounded down: the wider interval. */
function freedom(one: number, other: number): number {
  const both = one ** 2 + other ** 2;
  if (both === 0) return 6;
  return Math.floor(((one + other) ** 2 * (weeks.length - 1)) / both + 1e-9);
}
