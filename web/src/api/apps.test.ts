import { expect, it } from "vitest";
import { peopleByMonth, yearOfMonths } from "./apps";

it("takes the running month and the eleven before", () => {
  const { from, to, starts } = yearOfMonths("2026-03-10");
  expect([from, to]).toEqual(["2025-04-01", "2026-03-10"]);
  expect(starts).toHaveLength(12);
  expect(starts.at(-1)).toBe("2026-03-01");
});

it("tells nobody from not yet there", () => {
  const row = {
    app: "Travel claims",
    rhythm: "week" as const,
    months: [{ start: "2026-02-01", active_people: 7, events: 40 }],
    first_seen: "2026-01-20T09:00:00Z",
    last_seen: null,
  };
  const starts = ["2025-12-01", "2026-01-01", "2026-02-01", "2026-03-01"];
  expect(peopleByMonth(row, starts)).toEqual([null, 0, 7, 0]);
  expect(peopleByMonth(undefined, starts)).toEqual([null, null, null, null]);
});
