import { Tooltip } from "@mantine/core";
import type { ReactElement, ReactNode } from "react";

/** Tooltip that also opens by keyboard and touch; the child must take a ref. */
export function Tip({ label, children }: { label: ReactNode; children: ReactElement }) {
  return (
    <Tooltip label={label} maw={320} events={{ hover: true, focus: true, touch: true }}>
      {children}
    </Tooltip>
  );
}
