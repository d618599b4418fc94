import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Chip } from "@/ui/badges";
import { When } from "@/ui/Num";
import { keys as words } from "@/words/keys";
import classes from "./Keys.module.css";

interface SectionProps {
  title: string;
  lead: string;
  add: string;
  primary?: boolean;
  /** Absent for who may look but not make one. */
  onAdd?: () => void;
  children: ReactNode;
}

export function Section({ title, lead, add, primary, onAdd, children }: SectionProps) {
  return (
    <section className={classes.section}>
      <header className={classes.head}>
        <div>
          <h2>{title}</h2>
          <p className={classes.lead}>{lead}</p>
        </div>
        {onAdd ? (
          <Button
            variant={primary ? "filled" : "default"}
            leftSection={<IconPlus size={16} stroke={1.5} aria-hidden="true" />}
            onClick={onAdd}
          >
            {add}
          </Button>
        ) : null}
      </header>
      {children}
    </section>
  );
}

interface RevocableRow {
  id: number;
  name: string;
  revoked_at: string | null;
  expires_at: string | null;
}

interface EndCellProps {
  row: RevocableRow;
  onRotate?: () => void;
  onRevoke?: () => void;
}

/** The last cell of a row: the ways to renew or end it, or since when it has ended. */
export function EndCell({ row, onRotate, onRevoke }: EndCellProps) {
  if (row.revoked_at) {
    return (
      <span className={classes.revoked}>
        <Chip>{words.revoke.revoked}</Chip> <When at={row.revoked_at} />
      </span>
    );
  }
  if (!onRevoke || !onRotate) return null;
  const over = row.expires_at !== null && Date.parse(row.expires_at) < Date.now();
  return (
    <span className={classes.revoked}>
      {over ? null : (
        <Button
          variant="subtle"
          color="gray"
          size="compact-xs"
          aria-label={words.rotate.actionFor(row.name)}
          onClick={onRotate}
        >
          {words.rotate.action}
        </Button>
      )}
      <Button
        variant="subtle"
        color="gray"
        size="compact-xs"
        aria-label={words.revoke.actionFor(row.name)}
        onClick={onRevoke}
      >
        {words.revoke.action}
      </Button>
    </span>
  );
}

/** The part of a secret that is kept, so that a key found in an app can be told apart. */
export function Prefix({ text }: { text: string }) {
  return <code>{text}…</code>;
}
