import { expect, test } from "vitest";
import type { SourceSetting } from "@/api/access";
import { grouped, keyOf, shown, typed } from "./settings";

const setting = (key: string, value: string | null, secret = false): SourceSetting => ({
  key,
  what: "",
  value,
  is_set: value !== null,
  place: null,
  secret,
  origin: "console",
  locked: false,
});

test("a secret is never shown, whatever the server sends", () => {
  expect(shown(setting("client_secret", "hunter2", true))).toBe("");
});

test("lists stand by the line and go back as one text", () => {
  const domains = setting("allowed_domains", "a.example, b.example");
  expect(shown(domains)).toBe("a.example\nb.example");
  expect(typed(domains, "a.example\n\n c.example ")).toBe("a.example, c.example");
});

test("names with commas in them survive the way there and back", () => {
  const names = "cn=staff,dc=example\ncn=it,dc=example";
  const sent = typed(setting("allowed_groups", null), names);
  expect(shown(setting("allowed_groups", sent))).toBe(names);
});

test("a switch is a word, and an empty text takes a value away", () => {
  expect(typed(setting("sync_roles", "true"), false)).toBe("false");
  expect(shown(setting("sync_roles", "true"))).toBe(true);
  expect(typed(setting("issuer", "https://id.example"), "  ")).toBe("");
});

test("every setting has a place, also one that is not known here", () => {
  const groups = grouped([setting("odd", "1"), setting("issuer", "https://id.example")]);
  expect(groups.map(([name, each]) => [name, each.map(({ key }) => key)])).toEqual([
    ["reach", ["issuer"]],
    ["more", ["odd"]],
  ]);
});

test("a key is made of the name", () => {
  expect(keyOf("Entra ID (Köln)")).toBe("entra-id-koln");
});
