import type { Schema } from "@/api/client";
import { type Outcome, OutcomeChip } from "@/ui/badges";
import { formatDuration } from "@/ui/format";
import { system } from "@/words/system";
import classes from "./System.module.css";

const words = system.jobs;

type Run = Schema["JobRun"];

const outcomes: Record<Run["state"], Outcome> = {
  queued: "plain",
  running: "running",
  succeeded: "done",
  failed: "failed",
  skipped: "watch",
};

export function RunState({ run }: { run: Run }) {
  return <OutcomeChip outcome={outcomes[run.state]}>{words.states[run.state]}</OutcomeChip>;
}

/** How far a run has come; a bar only where the end is known. */
export function RunProgress({ run, title }: { run: Run; title: string }) {
  const known = run.total > 0;
  return (
    <span className={classes.lines}>
      {known ? (
        <progress
          className={classes.bar}
          max={run.total}
          value={Math.min(run.done, run.total)}
          aria-label={words.progress(title)}
        />
      ) : null}
      <span className={classes.sub}>
        {known ? words.doneOf(run.done, run.total) : words.doneSoFar(run.done)}
      </span>
    </span>
  );
}

/** Milliseconds of the last attempt; null while it has not ended. */
export function tookOf({ started_at, ended_at }: Run): number | null {
  if (!started_at || !ended_at) return null;
  return Math.max(0, Date.parse(ended_at) - Date.parse(started_at));
}

export function Took({ run }: { run: Run }) {
  const took = tookOf(run);
  return took === null ? "–" : formatDuration(took);
}
