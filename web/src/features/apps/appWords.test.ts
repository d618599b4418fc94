import { describe, expect, it } from "vitest";
import type { App } from "@/api/apps";
import { appsVerdict, appVerdict } from "./appWords";
import { appPeriod } from "./useAppPeriod";

const travel: App = {
  app: "Travel claims",
  first_seen: null,
  last_seen: null,
  events: 1,
  active_people_28: 212,
  active_people_prev_28: 200,
  rhythm: "week",
  rhythm_set_by_hand: false,
  rhythm_people: 188,
  state: "on_rhythm",
  expected: null,
  version: null,
  released_at: null,
  owners: [],
  tags: [],
};

describe("the sentence of an app", () => {
  it("says who came and how that moved", () => {
    expect(appVerdict(travel, "2026-11-22")).toMatch(
      /^On rhythm: 212 people in 28 days, ▲ 6.* before\.$/,
    );
  });
  it("calls silence normal while nobody is due", () => {
    const tax = { ...travel, rhythm: "year", state: "not_yet_due", expected: "2027-04-01" } as App;
    expect(appVerdict(tax, "2026-11-22")).toContain("Silence is normal now");
    expect(appVerdict(tax, "2026-11-22")).not.toContain("▼");
  });
  it("holds nothing against an app that has only begun", () => {
    const born = { ...travel, state: "unknown", first_seen: "2026-10-09T09:00:00Z" } as App;
    expect(appVerdict(born, "2026-11-22")).toMatch(/^New: 212 people in 28 days\. /);
  });
  it("admits not knowing", () => {
    expect(appVerdict({ ...travel, state: "unknown" }, "2026-11-22")).toContain("cannot tell");
  });
});

describe("the sentence of all apps", () => {
  it("names the overdue while they are few", () => {
    const late = { ...travel, app: "Parking", state: "overdue" } as App;
    expect(appsVerdict([travel, late])).toBe("1 of 2 apps is on rhythm. Overdue: Parking.");
    expect(appsVerdict([travel])).toBe("1 of 1 app is on rhythm. None is overdue.");
    expect(appsVerdict([])).toBeUndefined();
  });
});

describe("the span an app opens on", () => {
  const today = "2026-11-22";
  const lived = (rhythm: App["rhythm"], first_seen: string | null = null) => ({
    rhythm,
    first_seen,
  });
  it("holds at least four of its rhythms", () => {
    expect(appPeriod({}, lived("week"), today).days).toBe(90);
    expect(appPeriod({}, lived("quarter"), today).range).toBe("12m");
    expect(appPeriod({}, lived("year"), today).from).toBe("2022-11-23");
    expect(appPeriod({}, lived("year", "2024-09-23T08:00:00Z"), today).from).toBe("2024-09-23");
  });
  it("is the chosen one when there is one", () => {
    expect(appPeriod({ range: "28d" }, lived("year"), today).days).toBe(28);
  });
});
