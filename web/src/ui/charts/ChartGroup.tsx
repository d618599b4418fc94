import type { HTMLAttributes, ReactNode, RefObject } from "react";
import { useFrameLabels } from "./ChartFrame";
import styles from "./charts.module.css";

interface ChartGroupProps {
  frame: RefObject<HTMLDivElement | null>;
  height: number;
  handlers: HTMLAttributes<HTMLDivElement>;
  opens?: boolean;
  brush?: boolean;
  children: ReactNode;
}

/** One tab stop around a drawing, named and described by the frame it stands in. */
export function ChartGroup({ frame, height, handlers, opens, brush, children }: ChartGroupProps) {
  const labels = useFrameLabels();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset groups form controls, this is a picture
    <div
      ref={frame}
      className={styles.chart}
      style={{ height }}
      role="group"
      aria-roledescription="chart"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the points are walked with arrows from here
      tabIndex={0}
      data-opens={opens || undefined}
      data-brush={brush || undefined}
      {...labels}
      {...handlers}
    >
      {children}
    </div>
  );
}
