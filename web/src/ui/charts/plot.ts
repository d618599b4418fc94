/* Pure geometry shared by the charts. */

export type Value = number | null;

/** The point whose place along x is nearest, for `count` points spread evenly over `width`. */
export function nearestPoint(x: number, width: number, count: number): number {
  if (count <= 1 || width <= 0) return 0;
  return clamp(Math.round((x / width) * (count - 1)), 0, count - 1);
}

/** The band that x falls in, for `count` equal bands over `width`. */
export function bandAt(x: number, width: number, count: number): number {
  if (count <= 1 || width <= 0) return 0;
  return clamp(Math.floor((x / width) * count), 0, count - 1);
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** Maps a span of values onto a span of pixels. */
export function linear(
  [low, high]: readonly [number, number],
  [from, to]: readonly [number, number],
): (value: number) => number {
  const slope = high === low ? 0 : (to - from) / (high - low);
  return (value) => from + (value - low) * slope;
}

export interface Run {
  from: number;
  to: number;
}

/** Stretches of known neighbours: a gap stays a gap and is never joined. */
export function knownRuns(values: readonly Value[]): Run[] {
  const runs: Run[] = [];
  let from = -1;
  values.forEach((value, at) => {
    if (value === null) {
      from = -1;
      return;
    }
    const last = runs.at(-1);
    if (from === -1 || !last) {
      from = at;
      runs.push({ from: at, to: at });
    } else {
      last.to = at;
    }
  });
  return runs;
}

/**
 * Cuts the runs at the last whole point, so that what leads into a running period can be dashed.
 * `running` is the index of the first running point.
 */
export function splitRunning(
  runs: readonly Run[],
  running: number | undefined,
): { whole: Run[]; open: Run[] } {
  if (running === undefined) return { whole: [...runs], open: [] };
  const whole: Run[] = [];
  const open: Run[] = [];
  for (const run of runs) {
    if (run.from < running) whole.push({ from: run.from, to: Math.min(run.to, running - 1) });
    if (run.to >= running) {
      open.push({ from: run.from < running ? running - 1 : run.from, to: run.to });
    }
  }
  return { whole, open };
}

export interface Mark {
  /** Index of the point the mark stands over. */
  at: number;
  label: string;
  /** Further lines of the tooltip; the first stands beside the label. */
  lines?: readonly string[];
}

export interface MarkCluster {
  x: number;
  marks: Mark[];
}

/**
 * Marks nearer than `apart` pixels to the first of a cluster join it. The cluster stands where its
 * first mark does, so that what is drawn is never nearer than `apart`, and a year of releases
 * does not melt into one.
 */
export function mergeMarks(
  marks: readonly Mark[],
  xOf: (at: number) => number,
  apart = 16,
): MarkCluster[] {
  const sorted = [...marks].sort((one, other) => one.at - other.at);
  const clusters: MarkCluster[] = [];
  for (const mark of sorted) {
    const x = xOf(mark.at);
    const open = clusters.at(-1);
    if (open && x - open.x < apart) open.marks.push(mark);
    else clusters.push({ x, marks: [mark] });
  }
  return clusters;
}

/**
 * Moves labels apart that would overlap, keeping their order and staying inside the plot.
 * Answers the new places in the order given.
 */
export function spreadLabels(
  places: readonly number[],
  apart: number,
  low: number,
  high: number,
): number[] {
  const order = places.map((place, at) => ({ place, at })).sort((a, b) => a.place - b.place);
  let floor = low;
  for (const entry of order) {
    entry.place = Math.max(entry.place, floor);
    floor = entry.place + apart;
  }
  let ceiling = high;
  for (const entry of order.toReversed()) {
    entry.place = Math.min(entry.place, ceiling);
    ceiling = entry.place - apart;
  }
  const result = [...places];
  for (const entry of order) result[entry.at] = entry.place;
  return result;
}

/** Which of the six heat steps a share between 0 and 1 gets, counted from 1. */
export function heatStep(share: number): number {
  return clamp(Math.floor(share * 6) + 1, 1, 6);
}

/** SVG path through points; d3's generators are for areas, a sparkline needs no more than this. */
export function polyline(points: readonly (readonly [number, number])[]): string {
  return points
    .map(([x, y], at) => `${at === 0 ? "M" : "L"}${x.toFixed(1)},${y.toFixed(1)}`)
    .join("");
}
