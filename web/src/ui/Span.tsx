import type { ReactNode } from "react";

/** A place in `Cards` for what brings its own card, such as a chart. */
export function Span({ of, children }: { of: 3 | 4 | 6 | 8 | 12; children: ReactNode }) {
  return <div data-span={of}>{children}</div>;
}
