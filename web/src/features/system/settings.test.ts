import { describe, expect, it } from "vitest";
import type { Schema } from "@/api/client";
import { changesOf, daysOf, isSlug, isZone, linesOf, slugOf } from "./settings";

describe("what is typed into the settings of a workspace", () => {
  it("becomes an address that the server takes", () => {
    expect(slugOf("Field service, Süd")).toBe("field-service-sud");
    expect(isSlug(slugOf("Field service, Süd"))).toBe(true);
    expect(isSlug("-a")).toBe(false);
    expect(isSlug("A")).toBe(false);
  });
  it("names a zone, not an offset", () => {
    expect(isZone("Europe/Berlin")).toBe(true);
    expect(isZone("UTC")).toBe(true);
    expect(isZone("+02:00")).toBe(false);
    expect(isZone("Mars/Olympus")).toBe(false);
  });
  it("is days within bounds, or nothing", () => {
    expect(daysOf("", 31)).toBeNull();
    expect(daysOf(" 365 ", 31)).toBe(365);
    expect(["30", "1.5", "x", "40000", "-1"].map((text) => daysOf(text, 31))).toEqual(
      Array(5).fill(undefined),
    );
  });
  it("is one entry a line, each once", () => {
    expect(linesOf(" a \n\nb, a\r\n")).toEqual(["a", "b"]);
  });
});

it("sends only what differs", () => {
  const settings: Schema["WorkspaceSettings"] = {
    slug: "default",
    name: "Head office",
    kind: "internal",
    time_zone: "UTC",
    has_events: false,
    retention_days_events: 730,
    retention_days_jobs: 90,
    excluded: { ids: ["robot"], email_domains: [] },
    privacy: { pseudonyms: true, smallest_group: 5, personal_traits: [] },
  };
  const values = {
    name: "Head office",
    time_zone: "UTC",
    retention_days_events: "730",
    retention_days_jobs: "90",
    excluded: { ids: "robot", email_domains: "" },
    privacy: { pseudonyms: true, smallest_group: "5", personal_traits: "" },
  };
  expect(changesOf(settings, values)).toEqual({});
  expect(
    changesOf(settings, {
      ...values,
      name: " Office ",
      retention_days_events: "",
      excluded: { ids: "robot", email_domains: "test.example" },
      privacy: { pseudonyms: true, smallest_group: "10", personal_traits: "badge" },
    }),
  ).toEqual({
    name: "Office",
    retention_days_events: null,
    excluded: { email_domains: ["test.example"] },
    privacy: { smallest_group: 10, personal_traits: ["badge"] },
  });
});
