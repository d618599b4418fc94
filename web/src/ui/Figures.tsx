import type { ReactNode } from "react";
import numbers from "./Num.module.css";
import classes from "./Stat.module.css";
import { Tip } from "./Tip";

interface FigureProps {
  label: string;
  /** What the figure means, where the manual has no definition of it. */
  rule: string;
  children: ReactNode;
  note?: ReactNode;
}

/** A figure about the installation: told apart from a metric, since its rule stands beside it. */
export function Figure({ label, rule, children, note }: FigureProps) {
  return (
    <div className={classes.stat}>
      <div className={classes.label}>
        <Tip label={rule}>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the rule must be reachable by keyboard */}
          <span className={numbers.label} tabIndex={0}>
            {label}
          </span>
        </Tip>
      </div>
      <div className={classes.value}>{children}</div>
      {note ? <div className={classes.note}>{note}</div> : null}
    </div>
  );
}
