import { expect, test } from "vitest";
import { deviceOf } from "./device";

test("a browser is told by its name and system", () => {
  const linux = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
  expect(deviceOf(linux)).toBe("Firefox on Linux");
  const phone =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1";
  expect(deviceOf(phone)).toBe("Safari on iOS");
  const edge =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0";
  expect(deviceOf(edge)).toBe("Edge on Windows");
});

test("an unknown program keeps its own words, and silence stays silence", () => {
  expect(deviceOf("backup-script 2")).toBe("backup-script 2");
  expect(deviceOf(null)).toBeNull();
});
