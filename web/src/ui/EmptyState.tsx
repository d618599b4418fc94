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
}

export function EmptyState({ kind, title, children, action }: EmptyStateProps) {
  const Icon = icons[kind];
  return (
    <div className={classes.empty}>
      <Icon size={24} stroke={1.5} aria-hidden="true" className={classes.icon} />
      <h3 className={classes.title}>{title}</h3>
      {children ? <div className={classes.text}>{children}</div> : null}
      {action ? <div className={classes.action}>{action}</div> : null}
    </div>
  );
}
