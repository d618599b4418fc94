import type { ReactNode } from "react";
import type { Definition } from "@/words/definitions";
import { MetricLabel, Num } from "./Num";
import classes from "./Stat.module.css";

interface StatProps {
  label: string;
  term: Definition;
  value: number | null | undefined;
  as?: "count" | "share" | "ratio" | "exact";
  href?: string;
  unknown?: string;
  hidden?: boolean;
  /** A `Delta`, or another line of context. */
  change?: ReactNode;
  /** The denominator or period, in words: "of 1,480 entitled". */
  note?: ReactNode;
  /** A `Spark`. */
  spark?: ReactNode;
}

/** One number of a page's first row: name, value, change, and what it is out of. */
export function Stat({
  label,
  term,
  value,
  as,
  href,
  unknown,
  hidden,
  change,
  note,
  spark,
}: StatProps) {
  return (
    <div className={classes.stat}>
      <div className={classes.label}>
        <MetricLabel term={term}>{label}</MetricLabel>
      </div>
      <div className={classes.row}>
        <div className={classes.value}>
          <Num value={value} as={as} href={href} unknown={unknown} hidden={hidden} />
        </div>
        {spark ? <div className={classes.spark}>{spark}</div> : null}
      </div>
      {change ? <div className={classes.line}>{change}</div> : null}
      {note ? <div className={classes.note}>{note}</div> : null}
    </div>
  );
}

/** Stats side by side; they share one card with hairlines between. */
export function Stats({ children }: { children: ReactNode }) {
  return <div className={classes.stats}>{children}</div>;
}
