import type { ReactNode } from "react";
import classes from "./Stack.module.css";

/** Parts of a page beneath each other, as far apart as cards are. */
export function Stack({ children }: { children: ReactNode }) {
  return <div className={classes.stack}>{children}</div>;
}

/** Switches and pickers in one line, which breaks where it must. */
export function Row({ children }: { children: ReactNode }) {
  return <div className={classes.row}>{children}</div>;
}
