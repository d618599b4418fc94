import { Button } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import type { Schema } from "@/api/client";
import { FilterBar } from "@/ui/FilterBar";
import { formatExact } from "@/ui/format";
import { inspector as words } from "@/words/inspector";
import classes from "./Inspector.module.css";
import type { InspectorSearch } from "./search";
import type { Arrival } from "./useStream";

interface StreamBarProps {
  stream: {
    items: readonly Arrival[];
    totals: Schema["InspectorTotals"];
    perSecond: number;
  };
  paused: boolean;
  onPause: () => void;
  search: InspectorSearch;
  onSearch: (change: InspectorSearch) => void;
}

/** Whether it runs, how fast, what came of it, and what is shown of it. */
export function StreamBar({ stream, paused, onPause, search, onSearch }: StreamBarProps) {
  const { items, totals, perSecond } = stream;
  const Icon = paused ? IconPlayerPlay : IconPlayerPause;
  const one = (value: string | undefined) => (value ? [value] : []);
  return (
    <div className={classes.bar}>
      <div className={classes.state}>
        <span className={classes.live} data-paused={paused || undefined}>
          <span aria-hidden="true">{paused ? "■" : "●"}</span> {paused ? words.paused : words.live}{" "}
          {paused ? null : words.rate(formatExact(perSecond))}
        </span>
        <Button
          variant="default"
          size="xs"
          miw={96}
          leftSection={<Icon size={14} stroke={1.5} aria-hidden="true" />}
          onClick={onPause}
        >
          {paused ? words.resume : words.pause}
        </Button>
        <FilterBar
          filters={[
            {
              key: "outcome",
              label: words.filters.outcome,
              options: Object.entries(words.outcomes).map(([value, label]) => ({ value, label })),
              values: one(search.outcome),
            },
            {
              key: "app",
              label: words.filters.app,
              options: seen(items, ({ app }) => app),
              values: one(search.app),
            },
            {
              key: "key",
              label: words.filters.key,
              options: seen(items, ({ write_key }) => write_key),
              values: one(search.key),
            },
          ]}
          onChange={(key, values) => onSearch({ [key]: values.at(-1) })}
        />
      </div>
      <dl className={classes.totals}>
        {(["accepted", "duplicate", "rejected"] as const).map((key) => (
          <div key={key} data-outcome={totals[key] > 0 ? key : undefined}>
            <dt>{words.totals[key]}</dt>
            <dd>
              <button
                type="button"
                className={classes.total}
                onClick={() => onSearch({ outcome: search.outcome === key ? undefined : key })}
              >
                {formatExact(totals[key])}
              </button>
            </dd>
          </div>
        ))}
      </dl>
      <Count accepted={totals.accepted} refused={totals.rejected} />
    </div>
  );
}

function seen(items: readonly Arrival[], pick: (item: Arrival) => string | null | undefined) {
  const names = new Set(items.map(pick).filter((name): name is string => Boolean(name)));
  return [...names].sort().map((name) => ({ value: name, label: name }));
}

/** Rows are not read out one by one: every ten seconds a polite count. */
function Count({ accepted, refused }: { accepted: number; refused: number }) {
  const latest = useRef({ accepted, refused });
  latest.current = { accepted, refused };
  const [said, setSaid] = useState("");
  useEffect(() => {
    const timer = setInterval(
      () => setSaid(words.said(latest.current.accepted, latest.current.refused)),
      10_000,
    );
    return () => clearInterval(timer);
  }, []);
  return (
    <span className={classes.srOnly} role="status">
      {said}
    </span>
  );
}
