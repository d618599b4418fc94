import type { ReactNode } from "react";
import classes from "./PageHeader.module.css";
import { useTitle } from "./title";

export interface Crumb {
  label: string;
  href: string;
}

interface PageHeaderProps {
  crumbs?: readonly Crumb[];
  title: ReactNode;
  /** The title as plain text, for the browser's tab, when `title` is not text. */
  name?: string;
  /** Chips beside the title: rhythm, kind, state. */
  badges?: ReactNode;
  /** One line of facts under the title. */
  facts?: ReactNode;
  /** The sentence that answers the page's question. */
  verdict?: ReactNode;
  /** The verdict may take a moment: its lines are kept free, so that nothing moves when it comes. */
  keepLines?: boolean;
  /** At most one primary action. */
  actions?: ReactNode;
  /** Filters and period. */
  controls?: ReactNode;
}

export function PageHeader(props: PageHeaderProps) {
  const { crumbs, title, badges, facts, verdict, keepLines, actions, controls } = props;
  useTitle(props.name ?? (typeof title === "string" ? title : undefined));
  return (
    <header className={classes.header}>
      {crumbs && crumbs.length > 0 ? (
        <nav aria-label="Breadcrumb" className={classes.crumbs}>
          {crumbs.map((crumb) => (
            <span key={crumb.href}>
              <a href={crumb.href}>{crumb.label}</a>
              <span aria-hidden="true" className={classes.slash}>
                /
              </span>
            </span>
          ))}
        </nav>
      ) : null}
      <div className={classes.top}>
        <div className={classes.titles}>
          <div className={classes.titleRow}>
            <h1 className={classes.title}>{title}</h1>
            {badges}
          </div>
          {facts ? <div className={classes.facts}>{facts}</div> : null}
        </div>
        {actions ? <div className={classes.actions}>{actions}</div> : null}
      </div>
      {verdict || keepLines ? (
        <p className={classes.verdict} data-kept={keepLines || undefined}>
          {verdict}
        </p>
      ) : null}
      {controls ? <div className={classes.controls}>{controls}</div> : null}
    </header>
  );
}
