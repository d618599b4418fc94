import { Button } from "@mantine/core";
import { useRef, useState } from "react";
import { useHref } from "@/router/href";
import { Chip } from "@/ui/badges";
import { CopyButton } from "@/ui/CopyCode";
import { EmptyState } from "@/ui/EmptyState";
import { formatClock } from "@/ui/format";
import { inspector as words } from "@/words/inspector";
import classes from "./Inspector.module.css";
import type { InspectorSearch } from "./search";
import type { Arrival } from "./useStream";

interface LogProps {
  items: readonly Arrival[];
  search: InspectorSearch;
  workspace: string;
  onClear: () => void;
}

/** Newest on top. Holds still while somebody reads: on scroll, on focus, with a row open. */
export function Log({ items, search, workspace, onClear }: LogProps) {
  const [held, setHeld] = useState<readonly Arrival[] | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const hold = () => setHeld((old) => old ?? items);
  const release = () => {
    setHeld(null);
    box.current?.scrollTo({ top: 0 });
  };
  const shown = (held ?? items).filter((item) => fits(item, search));
  const newest = held?.[0]?.seq ?? 0;
  const fresh = held ? items.filter((item) => item.seq > newest && fits(item, search)).length : 0;
  return (
    <div className={classes.card}>
      {held ? (
        <div className={classes.held} role="status">
          {words.held(fresh)}
          <Button size="compact-xs" variant="default" onClick={release}>
            {words.showNew}
          </Button>
        </div>
      ) : null}
      <section
        ref={box}
        className={classes.log}
        aria-label={words.log}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must scroll by keyboard
        tabIndex={0}
        onPointerDown={hold}
        onScroll={(event) => event.currentTarget.scrollTop > 0 && hold()}
        onFocus={(event) => event.target !== event.currentTarget && hold()}
      >
        {shown.length === 0 ? (
          <EmptyState
            kind="no-match"
            title={words.noMatch}
            action={
              <Button variant="default" onClick={onClear}>
                {words.clear}
              </Button>
            }
          >
            {words.noMatchText(items.length)}
          </EmptyState>
        ) : null}
        <ol className={classes.rows}>
          {shown.map((item) => (
            <Row key={item.seq} item={item} workspace={workspace} />
          ))}
        </ol>
      </section>
    </div>
  );
}

function fits(item: Arrival, { outcome, app, key }: InspectorSearch): boolean {
  return (
    (!outcome || item.outcome === outcome) &&
    (!app || item.app === app) &&
    (!key || item.write_key === key)
  );
}

const marks = { accepted: "✓", duplicate: "=", rejected: "✕" } as const;

function Row({ item, workspace }: { item: Arrival; workspace: string }) {
  const [open, setOpen] = useState(false);
  return (
    <li className={classes.row} data-outcome={item.outcome}>
      <button
        type="button"
        className={classes.line}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <time className={classes.time} dateTime={item.at}>
          {formatClock(item.at, true)}
        </time>
        <span className={classes.outcome} data-outcome={item.outcome}>
          <span aria-hidden="true">{marks[item.outcome]}</span>
          <span className={classes.srOnly}>{words.outcomes[item.outcome]}</span>
        </span>
        <span className={classes.type}>{item.type ?? "?"}</span>
        <span className={classes.what}>
          {item.outcome === "rejected" ? (
            <span className={classes.reason}>{item.message ?? item.code}</span>
          ) : (
            <>
              <span className={classes.event}>{item.event}</span>
              <span className={classes.who}>{item.external_id ?? words.noPerson}</span>
            </>
          )}
        </span>
        <span className={classes.where}>
          {item.app ? (
            <Chip>{item.version ? `${item.app} v${item.version}` : item.app}</Chip>
          ) : null}
          {item.write_key ? <span className={classes.key}>{words.key(item.write_key)}</span> : null}
        </span>
      </button>
      {open ? <Details item={item} workspace={workspace} /> : null}
    </li>
  );
}

function Details({ item, workspace }: { item: Arrival; workspace: string }) {
  const href = useHref();
  const json = item.payload ? JSON.stringify(item.payload, null, 2) : null;
  return (
    <div className={classes.details}>
      <div className={classes.tools}>
        {item.external_id && item.outcome !== "rejected" ? (
          <a
            href={href({
              to: "/w/$workspace/people/$id",
              params: { workspace, id: item.external_id },
            })}
          >
            {words.person}
          </a>
        ) : null}
        {item.code ? <span>{words.code(item.code)}</span> : null}
        {json ? <CopyButton text={json} label={words.copyJson} /> : null}
      </div>
      {json ? <pre className={classes.json}>{json}</pre> : <p>{words.noPayload}</p>}
    </div>
  );
}
