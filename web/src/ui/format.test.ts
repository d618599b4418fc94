import { describe, expect, it } from "vitest";
import { addMonths, dayInZone, daysBetween, endOfMonth, isDay, startOfWeek } from "./day";
import {
  changeOf,
  formatBytes,
  formatCount,
  formatDuration,
  formatInstant,
  formatPoints,
  formatShare,
  pointsOf,
} from "./format";

describe("numbers", () => {
  it("shortens from 10,000 up and never shows a hyphen for a minus", () => {
    expect(formatCount(9_999)).toBe("9,999");
    expect(formatCount(12_400)).toBe("12.4\u202fk");
    expect(formatCount(999_960)).toBe("1\u202fm");
    expect(formatCount(3_100_000)).toBe("3.1\u202fm");
    expect(formatCount(-5)).toBe("\u22125");
    expect(formatCount(0)).toBe("0");
  });

  it("gives shares one digit below 10 %", () => {
    expect(formatShare(0.0743)).toBe("7.4\u202f%");
    expect(formatShare(0.0996)).toBe("10\u202f%");
    expect(formatShare(0.42)).toBe("42\u202f%");
    expect(formatShare(0)).toBe("0\u202f%");
    expect(formatPoints(-0.031)).toBe("\u22123.1\u202fpp");
  });

  it("tells growth, decline, level and nothing to compare apart", () => {
    expect(changeOf(112, 100)).toEqual({ direction: "up", text: "12\u202f%" });
    expect(changeOf(60, 100)).toEqual({ direction: "down", text: "40\u202f%" });
    expect(changeOf(1000, 1001).direction).toBe("level");
    expect(changeOf(5, null)).toEqual({ direction: "none", text: null });
    expect(changeOf(5, 0)).toEqual({ direction: "up", text: "new" });
    expect(pointsOf(0.5, 0.45)).toEqual({ direction: "up", text: "5\u202fpp" });
  });
});

describe("instants", () => {
  const now = Date.parse("2026-03-10T12:00:00Z");

  it("is relative below seven days", () => {
    expect(formatInstant("2026-03-10T11:59:40Z", now)).toBe("just now");
    expect(formatInstant("2026-03-10T09:00:00Z", now)).toBe("3 h ago");
    expect(formatInstant("2026-03-05T12:00:00Z", now)).toBe("5 d ago");
    expect(formatInstant("2026-03-01T12:00:00Z", now)).toContain("2026");
    expect(formatInstant("2026-03-10T12:00:20Z", now)).toBe("in a moment");
    expect(formatInstant("2026-03-10T15:00:00Z", now)).toBe("in 3 h");
    expect(formatInstant("2026-03-30T15:00:00Z", now)).toContain("2026");
  });

  it("falls on the day of the workspace's zone", () => {
    expect(dayInZone(new Date("2026-03-09T23:30:00Z"), "Europe/Berlin")).toBe("2026-03-10");
    expect(dayInZone(new Date("2026-03-09T23:30:00Z"), "America/Lima")).toBe("2026-03-09");
  });
});

describe("days", () => {
  it("counts by the calendar", () => {
    expect(daysBetween("2026-02-28", "2026-03-01")).toBe(1);
    expect(addMonths("2026-01-31", 1)).toBe("2026-02-28");
    expect(endOfMonth("2028-02-03")).toBe("2028-02-29");
    expect(startOfWeek("2026-03-08")).toBe("2026-03-02");
  });

  it("knows what is no day", () => {
    expect(isDay("2026-02-30")).toBe(false);
    expect(isDay("today")).toBe(false);
    expect(isDay("2026-02-28")).toBe(true);
  });
});

it("gives sizes and spans in the unit that fits", () => {
  expect(formatBytes(0)).toBe("0\u202fbytes");
  expect(formatBytes(38_240_000)).toBe("38.2\u202fMB");
  expect(formatBytes(999_600)).toBe("1\u202fMB");
  expect(formatBytes(512_000_000_000)).toBe("512\u202fGB");
  expect(formatDuration(340)).toBe("340\u202fms");
  expect(formatDuration(4_120)).toBe("4.1\u202fs");
  expect(formatDuration(125_000)).toBe("2\u202fmin 5\u202fs");
  expect(formatDuration(11_520_000)).toBe("3\u202fh 12\u202fmin");
});
