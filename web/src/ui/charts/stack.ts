interface Layer {
  values: readonly (number | null)[];
  down?: boolean;
}

interface StackPart {
  series: number;
  /** Lower and upper end; parts that go down have negative ends. */
  from: number;
  to: number;
  /** Another part lies between this one and zero. */
  inner: boolean;
}

export interface Stacked {
  high: number;
  low: number;
  parts: StackPart[];
}

/** Piles the series of each bar up, and those that go down beneath zero. */
export function stackBars(series: readonly Layer[], count: number): Stacked[] {
  return Array.from({ length: count }, (_, at) => {
    const stack: Stacked = { high: 0, low: 0, parts: [] };
    series.forEach((layer, index) => {
      const value = layer.values[at] ?? 0;
      if (value <= 0) return;
      if (layer.down) {
        const inner = stack.low < 0;
        stack.parts.push({ series: index, from: stack.low - value, to: stack.low, inner });
        stack.low -= value;
      } else {
        const inner = stack.high > 0;
        stack.parts.push({ series: index, from: stack.high, to: stack.high + value, inner });
        stack.high += value;
      }
    });
    return stack;
  });
}
