import { IconShieldLock } from "@tabler/icons-react";
import { ui } from "@/words/ui";
import classes from "./faces.module.css";
import { formatDay } from "./format";
import { Tip } from "./Tip";

/*
 * Not knowing is a value with a face of its own: never 0, never blank. Each face is a chip that
 * can be reached by Tab when it has a reason to give.
 */

/** We cannot tell, and say why. */
export function Unknown({ reason }: { reason?: string }) {
  const chip = (
    <span className={classes.chip} data-face="unknown" tabIndex={reason ? 0 : undefined}>
      <span aria-hidden="true">?</span>
      <span className={classes.srOnly}>{reason ?? ui.faces.unknown}</span>
    </span>
  );
  return reason ? <Tip label={reason}>{chip}</Tip> : chip;
}

/** Silence is normal now; nothing is wrong. */
export function NotDue({ expected }: { expected?: string | null }) {
  return (
    <span className={classes.chip} data-face="not-due">
      <span aria-hidden="true">○</span>{" "}
      {expected ? ui.faces.dueAround(formatDay(expected)) : ui.faces.notDue}
    </span>
  );
}

/** No verdict: the interval is too wide. @public */
export function TooFew({ more }: { more?: number }) {
  return (
    <span className={classes.chip} data-face="unknown">
      {more ? ui.faces.tooFewMore(more) : ui.faces.tooFew}
    </span>
  );
}

/** Fewer people than privacy allows to show; the server decides. */
export function Hidden() {
  return (
    <Tip label={ui.faces.hiddenWhy}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the reason must be reachable by keyboard */}
      <span className={classes.chip} data-face="unknown" tabIndex={0}>
        <IconShieldLock size={14} stroke={1.5} aria-hidden="true" /> {ui.faces.hidden}
      </span>
    </Tip>
  );
}

/** Marks a number of a period that has not ended. @public */
export function Running({ done, of }: { done: number; of: number }) {
  return (
    <span className={classes.chip} data-face="running">
      {ui.faces.running(done, of)}
    </span>
  );
}
