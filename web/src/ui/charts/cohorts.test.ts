import { describe, expect, it } from "vitest";
import { type Cohort, highestShare, poolCohorts, spokenColumn, stepOn } from "./cohorts";

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
