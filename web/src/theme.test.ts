import { describe, expect, it } from "vitest";
import { dark, light, type Palette } from "./theme";

/* Proves what the palette promises: contrast of text, and that no two stages or series look alike. */

type Rgb = readonly [number, number, number];

function linear(hex: string): Rgb {
  const channel = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

function luminance(hex: string): number {
  const [r, g, b] = linear(hex);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const apply = (matrix: readonly Rgb[], [r, g, b]: Rgb): Rgb =>
  matrix.map(([x, y, z]) => x * r + y * g + z * b) as unknown as Rgb;

/** Machado, Oliveira and Fernandes 2009 at full severity, on linear light. */
const deficiencies: Record<string, readonly Rgb[]> = {
  none: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function oklab([r, g, b]: Rgb): Rgb {
  const [l, m, s] = apply(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    [r, g, b],
  ).map((value) => Math.cbrt(Math.max(0, value))) as unknown as Rgb;
  return apply(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    [l, m, s],
  );
}

const clip = (colour: Rgb) =>
  colour.map((value) => Math.min(1, Math.max(0, value))) as unknown as Rgb;

function distance(one: string, other: string, matrix: readonly Rgb[]): number {
  const a = oklab(clip(apply(matrix, linear(one))));
  const b = oklab(clip(apply(matrix, linear(other))));
  return 100 * Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

function closest(colours: readonly string[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (const matrix of Object.values(deficiencies)) {
    colours.forEach((one, at) => {
      for (const other of colours.slice(at + 1))
        least = Math.min(least, distance(one, other, matrix));
    });
  }
  return least;
}

const role = (palette: Palette, name: string): string => palette.roles[name] ?? "missing";

describe.each([
  ["light", light],
  ["dark", dark],
] as const)("the %s palette", (_, palette) => {
  const grounds = ["canvas", "surface", "sunken"];

  it.each([
    "ink",
    "ink-2",
    "ink-3",
    "brand",
    "growth",
    "decline",
    "unknown",
    "not-due",
    "watch",
    "failed",
    "done",
  ])("lets %s be read on every ground", (name) => {
    const own = palette.roles[`${name}-soft`] ? [`${name}-soft`] : [];
    for (const ground of [...grounds, ...own]) {
      expect(contrast(role(palette, name), role(palette, ground)), ground).toBeGreaterThanOrEqual(
        4.5,
      );
    }
  });

  it("shows controls and focus at 3:1", () => {
    for (const name of ["control-line", "focus"]) {
      expect(contrast(role(palette, name), role(palette, "surface"))).toBeGreaterThanOrEqual(3);
    }
  });

  it("lets the brand button be read", () => {
    expect(contrast(role(palette, "on-brand"), role(palette, "brand"))).toBeGreaterThanOrEqual(4.5);
  });

  it("prints every heat step readably", () => {
    palette.heat.forEach((step, at) => {
      expect(contrast(step, palette.heatText[at < 4 ? 0 : 1])).toBeGreaterThanOrEqual(4.5);
    });
  });

  it("sets stages off from the surface at 3:1", () => {
    for (const [name, colour] of Object.entries(palette.stages)) {
      expect(contrast(colour, role(palette, "surface")), name).toBeGreaterThanOrEqual(3);
    }
  });

  it("keeps stages apart for every kind of colour vision", () => {
    expect(closest(Object.values(palette.stages))).toBeGreaterThanOrEqual(8.3);
  });

  it("keeps series apart for every kind of colour vision", () => {
    expect(closest(palette.series)).toBeGreaterThanOrEqual(8.7);
  });

  it("keeps growth and decline far apart", () => {
    expect(closest([role(palette, "growth"), role(palette, "decline")])).toBeGreaterThanOrEqual(20);
  });
});
