import type { ReactNode } from "react";
import { ui } from "@/words/ui";
import { NotDue, Unknown } from "./faces";
import classes from "./faces.module.css";

const borrowed: Record<string, string> = {
  current: "core",
  resurrected: "evaluator",
  visitor: "unknown",
  none: "unknown",
};

/** The variable that paints a lifecycle stage; other frameworks borrow colours. */
export function stageColour(stage: string): string {
  const key = borrowed[stage] ?? stage;
  return key === "unknown" ? "var(--th-unknown)" : `var(--th-stage-${key}, var(--th-unknown))`;
}

/** A lifecycle stage by shape, word and colour. @public */
export function StageBadge({ stage }: { stage: string }) {
  return (
    <span className={classes.stage}>
      <span className={classes.dot} style={{ background: stageColour(stage) }} aria-hidden="true" />
      {ui.stages[stage] ?? stage}
    </span>
  );
}

export type Rhythm = keyof typeof ui.rhythm;
export type RhythmState = keyof typeof ui.state;

export function RhythmChip({ rhythm }: { rhythm: Rhythm }) {
  return (
    <span className={classes.chip} data-face={rhythm === "unknown" ? "unknown" : "plain"}>
      {ui.rhythm[rhythm]}
    </span>
  );
}

const stateMarks = { on_rhythm: "✓", due: "!", overdue: "▼" } as const;

/** State against the rhythm. `expected` is shown where silence is normal. */
export function StateChip({
  state,
  expected,
  reason,
}: {
  state: RhythmState;
  expected?: string | null;
  reason?: string;
}) {
  if (state === "unknown") return <Unknown reason={reason} />;
  if (state === "not_yet_due") return <NotDue expected={expected} />;
  return (
    <span className={classes.chip} data-face={state === "on_rhythm" ? "on-rhythm" : state}>
      <span aria-hidden="true">{stateMarks[state]}</span> {ui.state[state]}
    </span>
  );
}

/** A neutral chip for tags, kinds and roles. */
export function Chip({ children }: { children: ReactNode }) {
  return (
    <span className={classes.chip} data-face="plain">
      {children}
    </span>
  );
}

const outcomeMarks = { done: "✓", failed: "✕", watch: "!", running: "▸", plain: "○" } as const;
export type Outcome = keyof typeof outcomeMarks;

/** How something went: sign, word and colour together. */
export function OutcomeChip({ outcome, children }: { outcome: Outcome; children: ReactNode }) {
  return (
    <span className={classes.chip} data-face={outcome}>
      <span aria-hidden="true">{outcomeMarks[outcome]}</span> {children}
    </span>
  );
}
