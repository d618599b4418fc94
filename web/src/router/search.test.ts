import { describe, expect, it } from "vitest";
import { parseSearch, periodSearch, resolvePeriod, stepPeriod, stringifySearch } from "./search";

const today = "2026-03-11";

describe("the address", () => {
  it("keeps text as text and repeats lists", () => {
    const search = parseSearch("?q=2024&app=A%26B&app=C");
    expect(search).toEqual({ q: "2024", app: ["A&B", "C"] });
    expect(stringifySearch(search)).toBe("?q=2024&app=A%26B&app=C");
    expect(stringifySearch({ q: undefined, app: [] })).toBe("");
  });

  it("falls back on what it does not know, and leaves defaults out", () => {
    expect(periodSearch({ range: "90d", compare: "previous" })).toEqual({});
    expect(periodSearch({ range: "7y", compare: "x", from: "soon", to: "later" })).toEqual({});
    expect(periodSearch({ range: "7d" })).toEqual({ range: "7d" });
  });

  it("lets days win over a range, unless they are the wrong way round", () => {
    const days = { from: "2026-01-01", to: "2026-01-31" };
    expect(periodSearch({ ...days, range: "7d" })).toEqual(days);
    expect(periodSearch({ from: "2026-02-01", to: "2026-01-01" })).toEqual({});
  });
});

describe("the period", () => {
  it("ends today and is compared with as many days before", () => {
    const period = resolvePeriod({ range: "7d" }, today);
    expect(period).toMatchObject({ from: "2026-03-05", to: today, days: 7 });
    expect(period.earlier).toMatchObject({ from: "2026-02-26", to: "2026-03-04" });
  });

  it("can be compared with a year earlier, or with nothing", () => {
    expect(resolvePeriod({ range: "month", compare: "year" }, today).earlier).toMatchObject({
      from: "2025-03-01",
      to: "2025-03-11",
    });
    expect(resolvePeriod({ compare: "none" }, today).earlier).toBeNull();
  });

  it("steps whole months by months and the rest by its length", () => {
    const month = resolvePeriod({ range: "month" }, today);
    expect(stepPeriod(month, today, -1)).toEqual({ from: "2026-02-01", to: "2026-02-28" });
    const week = resolvePeriod({ range: "7d" }, today);
    expect(stepPeriod(week, today, -1)).toEqual({ from: "2026-02-26", to: "2026-03-04" });
  });
});
