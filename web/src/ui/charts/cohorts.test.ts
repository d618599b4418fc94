import { describe, expect, it } from "vitest";
import { type Cohort, highestShare, poolCohorts, settlesAt, spokenColumn, stepOn } from "./cohorts";

const cohorts: Cohort[] = [
  {
    start: "2026-02-02",
    size: 40,
    eligible: [40, 40, 40],
    retained: [40, 20, 10],
    running: [false, false, false],
  },
  {
    start: "2026-02-09",
    size: 10,
    eligible: [10, 10, 0],
    retained: [10, 8, 3],
    running: [false, false, true],
  },
  {
    start: "2026-02-16",
    size: 5,
    eligible: [5, 0, 0],
    retained: [5, 2, null],
    running: [false, true, false],
  },
];

describe("all cohorts together", () => {
  it("weigh by people and leave running cells out", () => {
    expect(poolCohorts(cohorts, 3)).toEqual([
      { retained: 55, eligible: 55, share: 1 },
      { retained: 28, eligible: 50, share: 0.56 },
      { retained: 10, eligible: 40, share: 0.25 },
    ]);
  });
  it("know nothing where nobody has got that far", () => {
    expect(poolCohorts(cohorts.slice(2), 2)[1]).toEqual({ retained: 0, eligible: 0, share: null });
  });
});

it("colours up to the highest share beyond the beginning", () => {
  expect(highestShare(cohorts)).toBe(0.8);
  expect(highestShare([])).toBe(0.05);
});

it("speaks of a column that enough people have reached", () => {
  const pooled = poolCohorts(cohorts, 3);
  expect(spokenColumn(pooled, 8)).toBe(2);
  expect(spokenColumn(poolCohorts(cohorts.slice(2), 3), 8)).toBeUndefined();
  expect(spokenColumn([], 8)).toBeUndefined();
});

it("steps by days, weeks and months", () => {
  expect(stepOn("2026-01-31", "day", 2)).toBe("2026-02-02");
  expect(stepOn("2026-02-02", "week", 2)).toBe("2026-02-16");
  expect(stepOn("2026-01-01", "month", 2)).toBe("2026-03-01");
});

describe("where a curve settles", () => {
  const curve = (shares: readonly (number | null)[], eligible = 400) =>
    shares.map((share) => ({
      share,
      eligible: share === null ? 0 : eligible,
      retained: Math.round((share ?? 0) * eligible),
    }));

  it("is the first column from which nothing is lost any more", () => {
    const found = settlesAt(curve([1, 0.7, 0.55, 0.47, 0.46, 0.47, 0.45, 0.46, null]));
    expect(found?.at).toBe(3);
    expect(found?.share).toBeCloseTo(0.462);
  });
  it.each([
    ["still falls", curve([1, 0.7, 0.6, 0.52, 0.46, 0.41, 0.37, 0.34])],
    ["falls slowly but without end", curve([1, 0.5, 0.49, 0.48, 0.47, 0.46, 0.45])],
    ["jumps about", curve([1, 0.5, 0.4, 0.52, 0.4, 0.52, 0.41])],
    ["has held for too short a time", curve([1, 0.7, 0.5, 0.5, 0.5])],
    ["tells of too few people", curve([1, 0.6, 0.5, 0.5, 0.5, 0.5, 0.5], 99)],
    ["never fell", curve([1, 1, 1, 1, 1, 1])],
    ["fell to nothing", curve([1, 0.3, 0.01, 0.01, 0.01, 0.01, 0.01])],
    ["has not begun", curve([1, null, null])],
  ])("is nowhere when it %s", (_, pooled) => {
    expect(settlesAt(pooled)).toBeUndefined();
  });
});
