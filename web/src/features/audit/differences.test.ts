import { expect, test } from "vitest";
import { differencesOf } from "./differences";

test("a change reads as before and after", () => {
  expect(differencesOf({ role: ["viewer", "admin"], owners: [["a@x"], []] })).toEqual([
    { name: "role", before: "viewer", after: "admin" },
    { name: "owners", before: "a@x", after: "nothing" },
  ]);
});

test("a plain value has no before, and nothing to tell is an empty list", () => {
  expect(differencesOf({ break_glass: true })).toEqual([{ name: "break glass", after: "yes" }]);
  expect(differencesOf(null)).toEqual([]);
  expect(differencesOf("text")).toEqual([]);
});
