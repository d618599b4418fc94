import { expect, test } from "vitest";
import type { SourceSetting } from "@/api/access";
import { grouped, keyOf, shown, typed } from "./settings";

const setting = (key: string, value: unknown, secret = false): SourceSetting => ({
  key,
  value,
  secret,
  origin: "console",
  locked: false,
});

test("a secret is never shown, whatever the server sends", () => {
  expect(shown(setting("client_secret", "hunter2", true))).toBe("");
});

test("lists stand by the line and come back as lists", () => {
  const domains = setting("allowed_domains", ["a.example", "b.example"]);
  expect(shown(domains)).toBe("a.example\nb.example");
  expect(typed(domains, "a.example\n\n c.example ")).toEqual(["a.example", "c.example"]);
});

test("a map that cannot be read is not sent", () => {
  const map = setting("role_mappings", { staff: "viewer" });
  expect(typed(map, '{"staff": "admin"}')).toEqual({ staff: "admin" });
  expect(typed(map, "staff = admin")).toBeUndefined();
  expect(typed(map, "")).toEqual({});
});

test("every setting has a place, also one that is not known here", () => {
  const groups = grouped([setting("odd", 1), setting("issuer", "https://id.example")]);
  expect(groups.map(([name, each]) => [name, each.map(({ key }) => key)])).toEqual([
    ["reach", ["issuer"]],
    ["more", ["odd"]],
  ]);
});

test("a key is made of the name", () => {
  expect(keyOf("Entra ID (Köln)")).toBe("entra-id-koln");
});
