import type { ReactNode } from "react";
import classes from "./Card.module.css";

/** Twelve columns on a wide screen, one on a phone. Children say their span by `Card span`. */
export function Cards({ children }: { children: ReactNode }) {
  return <div className={classes.grid}>{children}</div>;
}

interface CardProps {
  span?: 3 | 4 | 6 | 8 | 12;
  title?: ReactNode;
  /** Said beside the title: a count, a switch. */
  aside?: ReactNode;
  /** No inner padding, for tables that reach the edge. */
  flush?: boolean;
  children: ReactNode;
}

export function Card({ span = 12, title, aside, flush, children }: CardProps) {
  return (
    <section className={classes.card} data-span={span} data-flush={flush || undefined}>
      {title ? (
        <header className={classes.head}>
          <h2 className={classes.title}>{title}</h2>
          {aside}
        </header>
      ) : null}
      {children}
    </section>
  );
}

/** A place in the grid for what brings its own frame, such as a chart, or for cards in a stack. */
export function Span({ of, children }: { of: 3 | 4 | 6 | 8 | 12; children: ReactNode }) {
  return (
    <div className={classes.span} data-span={of}>
      {children}
    </div>
  );
}
