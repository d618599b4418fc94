import { describe, expect, it } from "vitest";
import { addDays } from "@/ui/day";
import { releaseEffect } from "./releaseEffect";

const release = "2026-02-10";
const today = "2026-04-01";

function series(before: readonly number[], after: readonly number[]): Map<string, number> {
  const values = new Map<string, number>();
  before.forEach((people, week) => {
    values.set(addDays(release, -1 - 7 * week), people);
  });
  after.forEach((people, week) => {
    values.set(addDays(release, 6 + 7 * week), people);
  });
  return values;
}

describe("before and after a release", () => {
  it("is a difference with an interval", () => {
    const effect = releaseEffect(
      series([100, 104, 96, 100], [120, 124, 116, 120]),
      release,
      "2025-01-01",
      today,
    );
    if (effect.kind !== "known") throw new Error(effect.kind);
    expect(effect.value).toBeCloseTo(20);
    expect(effect.before).toBeCloseTo(100);
    // Both variances are 32/3, so 6 degrees of freedom: 2.447 · √(2 · 32/3 / 4).
    expect(effect.high - effect.value).toBeCloseTo(5.651, 2);
    expect(effect.value - effect.low).toBeCloseTo(5.651, 2);
  });
  it("widens when one side varies alone", () => {
    const effect = releaseEffect(
      series([100, 100, 100, 100], [90, 110, 130, 150]),
      release,
      "2025-01-01",
      today,
    );
    if (effect.kind !== "known") throw new Error(effect.kind);
    expect(effect.low).toBeLessThan(0);
    expect(effect.high).toBeGreaterThan(40);
  });
  it("waits until four weeks are over", () => {
    expect(releaseEffect(new Map(), "2026-03-05", "2025-01-01", today)).toEqual({
      kind: "early",
      over: "2026-04-02",
    });
    expect(releaseEffect(new Map(), "2026-03-04", "2025-01-01", today).kind).toBe("known");
  });
  it("claims nothing about an app without history", () => {
    expect(releaseEffect(new Map(), release, "2026-02-01", today).kind).toBe("young");
    expect(releaseEffect(new Map(), release, null, today).kind).toBe("young");
  });
});
