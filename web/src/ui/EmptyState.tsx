import {
  IconCircleCheck,
  IconFilterOff,
  IconLock,
  type IconProps,
  IconSeedling,
} from "@tabler/icons-react";
import type { ComponentType, ReactNode } from "react";
import classes from "./EmptyState.module.css";

const icons: Record<EmptyKind, ComponentType<IconProps>> = {
  first: IconSeedling,
  "no-match": IconFilterOff,
  done: IconCircleCheck,
  "no-right": IconLock,
};

/** First use, nothing fits the filters, everything done, not open to this reader. */
export type EmptyKind = "first" | "no-match" | "done" | "no-right";

interface EmptyStateProps {
  kind: EmptyKind;
  title: string;
  children?: ReactNode;
  /** The one step that leads on. */
  action?: ReactNode;
  /** It is the whole page, so its title is the page's. */
  page?: boolean;
}

export function EmptyState({ kind, title, children, action, page }: EmptyStateProps) {
  const Icon = icons[kind];
  const Title = page ? "h1" : "h2";
  return (
    <div className={classes.empty}>
      <Icon size={24} stroke={1.5} aria-hidden="true" className={classes.icon} />
      <Title className={classes.title}>{title}</Title>
      {children ? <div className={classes.text}>{children}</div> : null}
      {action ? <div className={classes.action}>{action}</div> : null}
    </div>
  );
}
