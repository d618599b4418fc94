import { describe, expect, it } from "vitest";
import { addDays, addMonths } from "../day";
import { csvCell, tableToCsv } from "./csv";
import {
  bandAt,
  heatStep,
  knownRuns,
  linear,
  mergeMarks,
  nearestPoint,
  polyline,
  splitRunning,
  spreadLabels,
} from "./plot";
import { stackBars } from "./stack";
import { dayTicks, niceTicks, shareTicks, stepTicks } from "./ticks";

const days = (from: string, count: number) =>
  Array.from({ length: count }, (_, at) => addDays(from, at));

describe("ticks of counts", () => {
  it.each([
    [0, [0, 1]],
    [1, [0, 1]],
    [4, [0, 1, 2, 3, 4]],
    [7, [0, 2, 4, 6, 8]],
    [1204, [0, 250, 500, 750, 1000, 1250]],
    [100_000, [0, 20_000, 40_000, 60_000, 80_000, 100_000]],
  ])("start at 0 and reach %i", (high, expected) => {
    expect(niceTicks(0, high)).toEqual(expected);
  });

  it("pass through 0 when something also leaves", () => {
    expect(niceTicks(-38, 120)).toEqual([-50, 0, 50, 100, 150]);
    expect(niceTicks(-3, 0)).toEqual([-3, -2, -1, 0]);
  });

  it("never exceed six, whatever the span", () => {
    for (let high = 1; high < 1e9; high = high * 3 + 1) {
      for (const low of [0, -high / 7, -high, -high * 4]) {
        const ticks = niceTicks(low, high);
        expect(ticks.length).toBeLessThanOrEqual(6);
        expect(ticks).toContain(0);
        expect(ticks[0]).toBeLessThanOrEqual(low);
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(high);
      }
    }
  });
});

describe("ticks of shares", () => {
  it("run from 0 to 100 %", () => {
    expect(shareTicks([0.3, null])).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  });
  it("come closer when all shares are below 20 %", () => {
    expect(shareTicks([0.04, 0.13, null])).toEqual([0, 0.05, 0.1, 0.15]);
    expect(shareTicks([null])).toEqual([0, 0.01]);
  });
});

describe("ticks of days", () => {
  it("name every day of a week", () => {
    expect(dayTicks(days("2026-03-02", 7), 8).map((tick) => tick.at)).toEqual([
      0, 1, 2, 3, 4, 5, 6,
    ]);
  });
  it("fall on Mondays in a month", () => {
    const month = days("2026-03-01", 31);
    const ticks = dayTicks(month, 8);
    expect(ticks.map((tick) => month[tick.at])).toEqual([
      "2026-03-02",
      "2026-03-09",
      "2026-03-16",
      "2026-03-23",
      "2026-03-30",
    ]);
  });
  it("fall on firsts of months in a year and say the year at January", () => {
    const year = days("2025-04-01", 365);
    const ticks = dayTicks(year, 8);
    expect(ticks.length).toBeLessThanOrEqual(8);
    for (const tick of ticks) expect(year[tick.at]).toMatch(/-01$/);
    expect(ticks.map((tick) => tick.label)).toContain("Jan 2026");
  });
  it("stay at most eight over ten years, in days, weeks and months", () => {
    const months = Array.from({ length: 120 }, (_, at) => addMonths("2016-01-01", at));
    const weeks = Array.from({ length: 520 }, (_, at) => addDays("2016-01-04", at * 7));
    for (const all of [days("2016-02-03", 3653), weeks, months]) {
      const ticks = dayTicks(all, 8);
      expect(ticks.length).toBeGreaterThan(2);
      expect(ticks.length).toBeLessThanOrEqual(8);
    }
  });
  it("survive nothing and a single day", () => {
    expect(dayTicks([], 8)).toEqual([]);
    expect(dayTicks(["2026-03-02"], 8)).toHaveLength(1);
  });
});

it("names every n-th step, the first included", () => {
  const labels = Array.from({ length: 13 }, (_, at) => String(at));
  expect(stepTicks(labels, 8).map((tick) => tick.at)).toEqual([0, 2, 4, 6, 8, 10, 12]);
});

describe("nearest point", () => {
  it("is clamped to the plot", () => {
    expect(nearestPoint(-20, 100, 11)).toBe(0);
    expect(nearestPoint(54, 100, 11)).toBe(5);
    expect(nearestPoint(56, 100, 11)).toBe(6);
    expect(nearestPoint(900, 100, 11)).toBe(10);
    expect(nearestPoint(50, 100, 1)).toBe(0);
    expect(nearestPoint(50, 0, 5)).toBe(0);
  });
  it("is the band under the pointer for bars", () => {
    expect(bandAt(0, 100, 4)).toBe(0);
    expect(bandAt(26, 100, 4)).toBe(1);
    expect(bandAt(100, 100, 4)).toBe(3);
  });
});

it("maps values onto pixels", () => {
  expect([0, 50, 100].map(linear([0, 100], [200, 0]))).toEqual([200, 100, 0]);
  expect(linear([3, 3], [10, 20])(3)).toBe(10);
});

describe("release marks", () => {
  const at = (...places: number[]) =>
    mergeMarks(
      places.map((place) => ({ at: place, label: `v${place}` })),
      (place) => place,
    ).map((cluster) => [cluster.x, cluster.marks.length]);

  it("merge when nearer than 16 px", () => {
    expect(at(0, 15, 60)).toEqual([
      [0, 2],
      [60, 1],
    ]);
    expect(at(0, 16)).toEqual([
      [0, 1],
      [16, 1],
    ]);
  });
  it("come in any order, and a chain of them stays a chain", () => {
    expect(at(30, 0, 15, 100)).toEqual([
      [0, 2],
      [30, 1],
      [100, 1],
    ]);
  });
});

describe("gaps and running periods", () => {
  it("keeps a gap a gap", () => {
    expect(knownRuns([1, 2, null, 0, null])).toEqual([
      { from: 0, to: 1 },
      { from: 3, to: 3 },
    ]);
    expect(knownRuns([null])).toEqual([]);
  });
  it("dashes only what leads into the running period", () => {
    expect(splitRunning([{ from: 0, to: 4 }], 4)).toEqual({
      whole: [{ from: 0, to: 3 }],
      open: [{ from: 3, to: 4 }],
    });
    expect(splitRunning([{ from: 2, to: 2 }], 2)).toEqual({
      whole: [],
      open: [{ from: 2, to: 2 }],
    });
    expect(splitRunning([{ from: 0, to: 4 }], undefined).open).toEqual([]);
  });
});

describe("names at line ends", () => {
  it("move apart, keep their order and stay inside", () => {
    const places = spreadLabels([50, 52, 200], 15, 0, 200);
    expect(places[1] ?? 0).toBeGreaterThanOrEqual((places[0] ?? 0) + 15);
    expect(places[2]).toBe(200);
    expect(spreadLabels([199, 198], 15, 0, 200)).toEqual([200, 185]);
  });
});

describe("stacked bars", () => {
  it("pile up, and down beneath zero", () => {
    const [stack] = stackBars(
      [{ values: [3] }, { values: [null] }, { values: [2] }, { values: [4], down: true }],
      1,
    );
    expect(stack).toEqual({
      high: 5,
      low: -4,
      parts: [
        { series: 0, from: 0, to: 3, inner: false },
        { series: 2, from: 3, to: 5, inner: true },
        { series: 3, from: -4, to: 0, inner: false },
      ],
    });
  });
});

it("puts a share into one of six heat steps", () => {
  expect([0, 0.16, 0.17, 0.5, 0.99, 1, 1.2].map(heatStep)).toEqual([1, 1, 2, 4, 6, 6, 6]);
});

it("writes a path", () => {
  expect(
    polyline([
      [0, 1],
      [2.25, 3],
    ]),
  ).toBe("M0.0,1.0L2.3,3.0");
});

describe("CSV", () => {
  it("defuses formulas, quotes what needs it, leaves numbers alone", () => {
    expect(csvCell("=SUM(A1)")).toBe("'=SUM(A1)");
    expect(csvCell('a "b", c')).toBe('"a ""b"", c"');
    expect(csvCell("two\nlines")).toBe('"two\nlines"');
    expect(csvCell(-3)).toBe("-3");
    expect(csvCell(null)).toBe("");
  });
  it("carries notes, head and exact values", () => {
    const text = tableToCsv(
      {
        caption: "x",
        columns: [{ label: "Day" }, { label: "People", numeric: true }],
        rows: [
          [{ value: "2026-03-02", text: "2 Mar" }, 12_345],
          [{ value: "2026-03-03", text: "3 Mar" }, null],
        ],
      },
      ["Active people", "workspace default"],
    );
    expect(text).toBe(
      "# Active people\r\n# workspace default\r\nDay,People\r\n2026-03-02,12345\r\n2026-03-03,\r\n",
    );
  });
});
