import type { ReactNode } from "react";
import { type Definition, definitionHref, definitions } from "@/words/definitions";
import { ui } from "@/words/ui";
import { Hidden, Unknown } from "./faces";
import {
  type Change,
  changeOf,
  formatCount,
  formatExact,
  formatInstant,
  formatInstantFull,
  formatRatio,
  formatShare,
  isShortened,
  pointsOf,
} from "./format";
import classes from "./Num.module.css";
import { Tip } from "./Tip";

interface NumProps {
  value: number | null | undefined;
  /** Where the people, accounts or events behind the number are. */
  href?: string;
  /** Said when the value is null. */
  unknown?: string;
  as?: "count" | "share" | "ratio" | "exact";
  /** A missing value is hidden for privacy rather than unknown. */
  hidden?: boolean;
}

const writers = {
  count: formatCount,
  exact: formatExact,
  share: formatShare,
  ratio: formatRatio,
} as const;

/** A number with its face: opens what is behind it, and gives the exact value on hover. */
export function Num({ value, href, unknown, as = "count", hidden }: NumProps) {
  if (value === null || value === undefined) {
    return hidden ? <Hidden /> : <Unknown reason={unknown} />;
  }
  const text = writers[as](value);
  const shortened = as === "count" && isShortened(value);
  const inner = href ? (
    <a className={classes.open} href={href}>
      {text}
    </a>
  ) : (
    <span className={classes.num}>{text}</span>
  );
  return shortened ? <Tip label={formatExact(value)}>{inner}</Tip> : inner;
}

interface ShareProps {
  /** null where privacy hides it. */
  part: number | null;
  whole: number | null;
  href?: string;
}

/** `212 / 260 82 %`: a share never without its two numbers. */
export function Share({ part, whole, href }: ShareProps) {
  if (part === null || whole === null) return <Num value={part} href={href} hidden />;
  const ratio = whole === 0 ? null : part / whole;
  return (
    <span className={classes.share}>
      <Num value={part} href={href} />
      <span className={classes.of}>/ {formatCount(whole)}</span>
      {ratio === null ? null : <span className={classes.ratio}>{formatShare(ratio)}</span>}
    </span>
  );
}

interface DeltaProps {
  now: number;
  before: number | null | undefined;
  /** What it is compared with: "the 28 days before". */
  against?: string;
  /** Two shares: the change reads in percentage points. */
  points?: boolean;
  /** Growth of this number is bad news (dormant people, failures). */
  lowerIsBetter?: boolean;
  /** Leaves "against …" to the tooltip. */
  short?: boolean;
}

const marks = { up: "▲", down: "▼", level: "■", none: "" } as const;

/** Sign, text and colour together; colour alone never carries the direction. */
export function Delta({ now, before, against, points, lowerIsBetter, short }: DeltaProps) {
  const change: Change = points ? pointsOf(now, before) : changeOf(now, before);
  if (change.direction === "none" || change.text === null) {
    return <span className={classes.noDelta}>{ui.change.noEarlier}</span>;
  }
  const good = lowerIsBetter ? "down" : "up";
  const tone =
    change.direction === "level" ? "level" : change.direction === good ? "growth" : "decline";
  const body = (
    <span className={classes.delta} data-tone={tone}>
      <span aria-hidden="true" className={classes.mark}>
        {marks[change.direction]}
      </span>
      <span className={classes.srOnly}>{ui.change[change.direction]} </span>
      {change.text}
    </span>
  );
  if (!against) return body;
  if (short) return <Tip label={ui.change.against(against)}>{body}</Tip>;
  return (
    <span className={classes.deltaLine}>
      {body} <span className={classes.against}>{ui.change.against(against)}</span>
    </span>
  );
}

/** An instant in the reader's zone; both readings on hover. */
export function When({ at, unknown }: { at: string | null | undefined; unknown?: string }) {
  if (!at) return <Unknown reason={unknown} />;
  return (
    <Tip label={formatInstantFull(at)}>
      <time className={classes.when} dateTime={at}>
        {formatInstant(at)}
      </time>
    </Tip>
  );
}

/** The name of a number, one hover or Tab away from its definition. */
export function MetricLabel({ term, children }: { term: Definition; children: ReactNode }) {
  return (
    <Tip label={definitions[term]}>
      <a className={classes.label} href={definitionHref(term)}>
        {children}
      </a>
    </Tip>
  );
}
