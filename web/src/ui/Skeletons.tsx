import { type ReactNode, useEffect, useState } from "react";
import { ui } from "@/words/ui";
import classes from "./Skeletons.module.css";

/** Nothing for 150 ms, so that quick answers do not flash. */
export function useLate(ms: number): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), ms);
    return () => clearTimeout(timer);
  }, [ms]);
  return late;
}

export function SkeletonRows({ columns, rows }: { columns: number; rows: number }) {
  const late = useLate(150);
  const names = Array.from({ length: rows }, (_, at) => `row ${at}`);
  return names.map((name, at) => (
    <tr key={name}>
      <td colSpan={columns}>
        <span
          className={classes.bar}
          data-late={late || undefined}
          style={{ width: `${92 - ((at * 37) % 40)}%` }}
        />
      </td>
    </tr>
  ));
}

/** A grey block of the final size; after 4 s a word, after 15 s a way out. */
export function SkeletonBlock({ height, onStuck }: { height: number; onStuck?: ReactNode }) {
  const late = useLate(150);
  const slow = useLate(4_000);
  const stuck = useLate(15_000);
  return (
    <div className={classes.block} data-late={late || undefined} style={{ height }} role="status">
      {slow && !stuck ? <span>{ui.loadingSlow}</span> : null}
      {stuck ? (
        <span>
          {ui.loadingStuck} {onStuck}
        </span>
      ) : null}
    </div>
  );
}
