import { describe, expect, it } from "vitest";
import type { Schema } from "@/api/client";
import {
  backupsVerdict,
  capacityVerdict,
  destinationsVerdict,
  failedFirst,
  healthVerdict,
  hourAxis,
  jobsVerdict,
  wholeWeek,
} from "./figures";

const now = Date.parse("2026-03-10T12:30:00Z");
const hours = (count: number) => new Date(now - count * 3_600_000).toISOString();

const run = (state: Schema["JobRun"]["state"]): Schema["JobRun"] => ({
  id: 1,
  job: "x",
  workspace: null,
  fire_at: hours(1),
  on: null,
  state,
  attempt: 1,
  started_at: hours(1),
  ended_at: hours(0),
  done: 0,
  total: 0,
  message: null,
  asked_by: null,
});

const job = (title: string, state: Schema["JobRun"]["state"]): Schema["JobStatus"] => ({
  name: title.toLowerCase(),
  title,
  what: "",
  scope: "installation",
  schedule: "0 2 * * *",
  schedule_text: "At 02:00.",
  takes_day: false,
  next_at: null,
  running: null,
  last: run(state),
  failures_since: 0,
  builds_on: [],
});

const leader = { holder: "a 1 x", since: hours(3), here: true };

describe("the sentence of the jobs", () => {
  const items = [job("Fold", "succeeded"), job("Drill", "failed"), job("Clean", "skipped")];
  it("names what failed, which also stands first", () => {
    expect(jobsVerdict({ items, leader })).toBe("Drill has failed, 2 others are well.");
    expect(failedFirst(items).map(({ title }) => title)).toEqual(["Drill", "Fold", "Clean"]);
  });
  it("is calm when all went well, and says when nobody leads", () => {
    const well = { items: items.slice(0, 1), leader };
    expect(jobsVerdict(well)).toBe("The one job is well.");
    expect(jobsVerdict({ ...well, leader: null })).toMatch(/^Nobody leads/);
  });
});

describe("the sentence of the backups", () => {
  const backup = (age: number, more?: Partial<Schema["Backup"]>): Schema["Backup"] => ({
    name: `b${age}.thb`,
    created_at: hours(age),
    bytes: 1,
    encrypted: false,
    rows: 1,
    verified_at: hours(age),
    problem: null,
    ...more,
  });
  const all = (items: Schema["Backup"][], more?: Partial<Schema["Backups"]>) =>
    backupsVerdict(
      {
        folder: "/b",
        schedule: "0 2 * * *",
        next_at: null,
        keep: 7,
        encrypted: false,
        items,
        last_drill: { at: hours(5), ok: true, message: "" },
        ...more,
      },
      now,
    );
  it.each([
    ["whole", all([backup(6), backup(30, { problem: "short" })]), /whole.*found everything/],
    ["unread", all([backup(6, { verified_at: null })]), /not been read back/],
    ["broken", all([backup(30), backup(6, { problem: "short" })]), /cannot be used/],
    ["old", all([backup(100)]), /4 days old/],
    ["none", all([]), /no backup yet/],
    ["off", all([], { folder: null }), /no folder is set/],
    ["never drilled", all([backup(6)], { last_drill: null }), /No drill/],
    [
      "badly drilled",
      all([backup(6)], { last_drill: { at: hours(1), ok: false, message: "" } }),
      /could not restore/,
    ],
  ])("knows one that is %s", (_, said, wanted) => {
    expect(said).toMatch(wanted);
  });
});

describe("the sentence of the disk", () => {
  const capacity = (days_left: number | null, disk = true) =>
    capacityVerdict({
      database: { engine: "sqlite", bytes: 1, parts: [] },
      disk: disk ? { free: 1, total: 2, path: "/d" } : null,
      growth_per_day_bytes: days_left === null ? null : 38_200_000,
      days_left,
      ingest: [],
      keys: [],
      memory_bytes: null,
      started_at: hours(1),
      version: "1",
      commit: null,
    });
  it.each([
    [capacity(214), /^About 214 days of disk are left at 38\.2.MB a day\.$/],
    [capacity(12), /^Only about 12 days.*Make room/],
    [capacity(90_000), /more than ten years/],
    [capacity(null), /not known yet/],
    [capacity(null, false), /its own disk/],
  ])("says %s", (said, wanted) => {
    expect(said).toMatch(wanted);
  });
});

it("fills the hours in which nothing came", () => {
  const week = wholeWeek(
    [{ hour: "2026-03-10T11:00:00Z", accepted: 5, duplicate: 1, refused: 0 }],
    now,
  );
  expect(week).toHaveLength(168);
  expect(week.at(-1)).toMatchObject({ accepted: 0 });
  expect(week.at(-2)).toMatchObject({ accepted: 5, duplicate: 1 });
  const axis = hourAxis(week.map(({ at }) => at));
  expect(axis.ticks(8).length).toBeGreaterThanOrEqual(6);
  expect(axis.ticks(3).length).toBeLessThanOrEqual(4);
  expect(axis.label(167)).toContain("2026");
});

it("says whether anything was contacted at all", () => {
  const one = {
    kind: "traces",
    host: "h",
    port: 1,
    purpose: "",
    configured_by: null,
    first_at: hours(2),
    last_at: hours(1),
    contacts: 1,
    failures: 1,
    last_error: "refused",
  };
  expect(destinationsVerdict([])).toContain("never contacted");
  expect(destinationsVerdict([one])).toMatch(/1 address,.*could not be reached.*no longer named/);
});

it("counts the checks that need something", () => {
  const check = (ok: boolean) => ({ name: "x", ok, found: "", remedy: null });
  expect(healthVerdict({ ok: true, checks: [check(true), check(true)] })).toContain("All 2 checks");
  expect(healthVerdict({ ok: false, checks: [check(true), check(false)] })).toBe(
    "1 of 2 checks needs attention.",
  );
});
