import { describe, expect, it } from "vitest";
import type { App } from "@/api/apps";
import { compared, lastWholeDay } from "@/ui/charts/activeDays";
import { course, moversOf, seasonOf, statesOf } from "./figures";

function app(name: string, now: number, before: number, over: Partial<App> = {}): App {
  return {
    app: name,
    first_seen: null,
    last_seen: null,
    events: 1,
    active_people_28: now,
    active_people_prev_28: before,
    rhythm: "week",
    rhythm_set_by_hand: false,
    rhythm_people: 20,
    state: "on_rhythm",
    expected: null,
    version: null,
    released_at: null,
    owners: [],
    tags: [],
    ...over,
  };
}

it("compares whole days only", () => {
  expect(lastWholeDay("2026-03-10", "2026-03-10")).toBe("2026-03-09");
  expect(lastWholeDay("2026-03-08", "2026-03-10")).toBe("2026-03-08");
});

describe("the 28 days against the 28 before", () => {
  const values = new Map([
    ["2026-02-10", 100],
    ["2026-03-10", 104],
  ]);
  it("finds both", () => {
    expect(compared(values, "2026-03-10")).toEqual({ now: 104, before: 100 });
    expect(compared(values, "2026-02-10")).toEqual({ now: 100, before: null });
  });
  it("takes nobody before for no earlier period", () => {
    const begun = new Map([
      ["2026-02-10", 0],
      ["2026-03-10", 4],
    ]);
    expect(compared(begun, "2026-03-10")).toEqual({ now: 4, before: null });
  });
  it("chooses the lead word", () => {
    expect(course({ now: 104, before: 100 })).toBe("growing");
    expect(course({ now: 101, before: 100 })).toBe("level");
    expect(course({ now: 90, before: 100 })).toBe("shrinking");
    expect(course({ now: 90, before: null })).toBe("first");
  });
});

describe("movers", () => {
  const none = () => [];
  const today = "2026-11-22";
  it("are ordered by the size of the move", () => {
    const { gain, lose } = moversOf(
      [app("a", 12, 10), app("b", 40, 20), app("c", 5, 15), app("d", 30, 100), app("e", 13, 9)],
      none,
      today,
    );
    expect(gain.map((each) => each.app)).toEqual(["b", "e"]);
    expect(lose.map((each) => each.app)).toEqual(["d", "c"]);
  });
  it("leave out what is small against the whole", () => {
    expect(moversOf([app("big", 1004, 1000)], none, today).gain).toEqual([]);
  });
  it("never call a slow rhythm a loss", () => {
    const movers = moversOf(
      [
        app("tax", 0, 90, { rhythm: "year", state: "not_yet_due" }),
        app("audit", 1, 20, { rhythm: "quarter" }),
        app("quiet", 0, 20, { state: "not_yet_due" }),
      ],
      none,
      today,
    );
    expect(movers.lose).toEqual([]);
    expect(movers.slow).toBe(3);
  });
  it("compare a monthly app by whole months, not by 28 days", () => {
    const pay = app("pay", 100, 0, { rhythm: "month", state: "not_yet_due" });
    const { gain, lose } = moversOf([pay], () => [60, 58, 50, 4], today);
    expect(gain).toEqual([]);
    expect(lose).toMatchObject([{ app: "pay", now: 50, before: 58, by: "month" }]);
  });
});

it("counts apps by state", () => {
  const counts = statesOf([app("a", 1, 1), app("b", 1, 1, { state: "overdue" })]);
  expect(counts).toEqual({ on_rhythm: 1, not_yet_due: 0, due: 0, overdue: 1, unknown: 0 });
});

describe("seasons", () => {
  const tax = app("tax", 60, 303, { rhythm: "year" });
  it("explain a fall that one slow app has made", () => {
    expect(seasonOf([app("a", 50, 90), tax], { now: 872, before: 938 })).toBe(tax);
  });
  it("explain nothing that went the other way, or is far larger", () => {
    expect(seasonOf([tax], { now: 950, before: 938 })).toBeUndefined();
    expect(seasonOf([tax], { now: 100, before: 938 })).toBeUndefined();
    expect(seasonOf([tax], { now: 872, before: null })).toBeUndefined();
  });
});
