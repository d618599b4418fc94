import { Button } from "@mantine/core";
import type { ComponentType, ReactNode } from "react";
import { ui } from "@/words/ui";
import { dayInZone } from "./day";
import { formatClock, formatDay, formatWeekday } from "./format";
import classes from "./Timeline.module.css";

export interface TimelineEntry {
  key: string;
  at: string;
  kind: string;
  Icon: ComponentType<{ size?: number; stroke?: number }>;
  title: ReactNode;
  /** Where it happened: app, version, person. */
  note?: ReactNode;
  /** What came with it, opened on demand. */
  properties?: Record<string, unknown>;
}

interface TimelineProps {
  entries: readonly TimelineEntry[];
  kinds: readonly { key: string; label: string }[];
  hidden: readonly string[];
  onHidden: (hidden: string[]) => void;
  hasMore: boolean;
  loadingMore: boolean;
  onMore: () => void;
}

/** What happened, newest first, grouped by day. */
export function Timeline(props: TimelineProps) {
  const { entries, kinds, hidden, onHidden, hasMore } = props;
  const shown = entries.filter((entry) => !hidden.includes(entry.kind));
  return (
    <div>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would frame toggles as a form */}
      <div className={classes.kinds} role="group" aria-label={ui.timeline.kinds} data-noprint>
        {kinds.map(({ key, label }) => {
          const on = !hidden.includes(key);
          return (
            <button
              key={key}
              type="button"
              className={classes.kind}
              aria-pressed={on}
              onClick={() =>
                onHidden(on ? [...hidden, key] : hidden.filter((each) => each !== key))
              }
            >
              {label}
            </button>
          );
        })}
      </div>
      {byDay(shown).map(({ day, items }) => (
        <section key={day} className={classes.day}>
          <h3 className={classes.dayName}>
            {formatWeekday(day)} {formatDay(day)}
          </h3>
          <ol className={classes.list}>
            {items.map((entry) => (
              <Entry key={entry.key} entry={entry} />
            ))}
          </ol>
        </section>
      ))}
      {hasMore ? <p data-onlyprint>{ui.timeline.printed(entries.length)}</p> : null}
      {hasMore ? (
        <Button
          variant="default"
          size="xs"
          mt="sm"
          data-noprint
          onClick={() => !props.loadingMore && props.onMore()}
        >
          {props.loadingMore ? ui.table.loadingMore : ui.timeline.more(20)}
        </Button>
      ) : (
        <p className={classes.end}>{ui.timeline.end}</p>
      )}
    </div>
  );
}

function Entry({ entry }: { entry: TimelineEntry }) {
  const { Icon } = entry;
  const pairs = Object.entries(entry.properties ?? {});
  return (
    <li className={classes.entry}>
      <time className={classes.time} dateTime={entry.at}>
        {formatClock(entry.at)}
      </time>
      <span className={classes.icon} aria-hidden="true">
        <Icon size={16} stroke={1.5} />
      </span>
      <div className={classes.body}>
        <div className={classes.title}>
          {entry.title}
          {entry.note ? <span className={classes.note}>{entry.note}</span> : null}
        </div>
        {pairs.length > 0 ? (
          <details className={classes.details}>
            <summary>
              {ui.timeline.details} <span className={classes.preview}>{preview(pairs)}</span>
            </summary>
            <dl className={classes.pairs}>
              {pairs.map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{textOf(value)}</dd>
                </div>
              ))}
            </dl>
          </details>
        ) : null}
      </div>
    </li>
  );
}

const textOf = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

const preview = (pairs: [string, unknown][]) =>
  pairs
    .slice(0, 3)
    .map(([name, value]) => `${name}: ${textOf(value)}`)
    .join(" · ");

/** Times are the reader's own, so the days that hold them are too. */
function byDay(entries: readonly TimelineEntry[]) {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const days: { day: string; items: TimelineEntry[] }[] = [];
  for (const entry of entries) {
    const day = dayInZone(new Date(entry.at), timeZone);
    const last = days.at(-1);
    if (last?.day === day) last.items.push(entry);
    else days.push({ day, items: [entry] });
  }
  return days;
}
