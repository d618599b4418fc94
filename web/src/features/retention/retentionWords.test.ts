import { describe, expect, it } from "vitest";
import type { Pooled } from "@/ui/charts/cohorts";
import { columnsOf } from "./queries";
import { firstFigure, verdictOf } from "./retentionWords";

const pooled = (...shares: (number | null)[]): Pooled[] =>
  shares.map((share) => ({
    share,
    eligible: share === null ? 0 : 100,
    retained: share === null ? 0 : share * 100,
  }));

describe("the sentence of retention", () => {
  const columns = columnsOf("n_day", "week");
  it("speaks of the last column that has elapsed, and of the roles", () => {
    const roles = [
      { name: "builders", pooled: pooled(1, 0.6, 0.46) },
      { name: "end users", pooled: pooled(1, 0.4, 0.31) },
    ];
    expect(verdictOf("n_day", "week", columns, pooled(1, 0.5, 0.4, null), roles)).toMatch(
      /^40.% of 100 people who began are active again in week 2\. Best held: builders \(46.%\); least: end users \(31.%\)\.$/,
    );
  });
  it("calls no role better when chance may have done it", () => {
    const roles = [
      { name: "builders", pooled: pooled(1, 0.6, 0.42) },
      { name: "end users", pooled: pooled(1, 0.4, 0.4) },
    ];
    expect(verdictOf("n_day", "week", columns, pooled(1, 0.5, 0.4, null), roles)).not.toContain(
      "Best",
    );
  });
  it("is silent before anything has elapsed", () => {
    expect(verdictOf("n_day", "week", columns, pooled(1, null), [])).toBeUndefined();
  });
  it("says on which day", () => {
    const days = columnsOf("n_day", "day");
    expect(verdictOf("n_day", "day", days, pooled(1, 0.5), [])).toContain("on day 1");
  });
});

it("knows when the first figure comes", () => {
  const cohort = { start: "2026-03-02", size: 3, eligible: [], retained: [], running: [] };
  expect(firstFigure([{ ...cohort, size: 0 }, cohort], "week")).toContain("16");
});
