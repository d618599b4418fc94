import { type Moved, movedOf, peopleByMonth } from "@/api/apps";
import type { Schema } from "@/api/client";
import { Chip, RhythmChip, StateChip } from "@/ui/badges";
import { Spark } from "@/ui/charts/Spark";
import type { Day } from "@/ui/day";
import { Hidden } from "@/ui/faces";
import { formatExact } from "@/ui/format";
import { MoveDelta } from "@/ui/MoveDelta";
import { Num, When } from "@/ui/Num";
import type { Column } from "@/ui/QueryTable";
import { Tip } from "@/ui/Tip";
import { apps } from "@/words/apps";
import classes from "./Apps.module.css";

const words = apps.list;
type App = Schema["App"];

interface ColumnData {
  today: Day;
  starts: readonly Day[];
  months: ReadonlyMap<string, Schema["AppMonths"]["apps"][number]>;
  peopleHref: (app: string) => string;
}

export function appColumns({ today, starts, months, peopleHref }: ColumnData): Column<App>[] {
  return [
    {
      key: "app",
      header: words.app,
      cell: (app) => (
        <span className={classes.name} title={app.app}>
          {app.app}
        </span>
      ),
    },
    {
      key: "rhythm",
      header: words.rhythm,
      width: "104px",
      cell: (app) => <RhythmChip rhythm={app.rhythm} />,
    },
    {
      key: "state",
      header: words.state,
      width: "136px",
      cell: (app) => (
        <StateChip state={app.state} expected={app.expected} reason={words.unknownState} />
      ),
    },
    {
      key: "active",
      header: words.active,
      align: "right",
      width: "124px",
      sort: "active_people_28",
      cell: (app) => (
        <Num value={app.active_people_28} href={peopleHref(app.app)} hidden={app.suppressed} />
      ),
    },
    {
      key: "months",
      header: (
        <Tip label={words.monthsTip}>
          <span>{words.months}</span>
        </Tip>
      ),
      name: words.months,
      width: "112px",
      cell: (app) => <Year app={app.app} row={months.get(app.app)} starts={starts} />,
    },
    {
      key: "change",
      header: words.change,
      align: "right",
      width: "96px",
      cell: (app) => (
        <Change
          moved={movedOf(app, peopleByMonth(months.get(app.app), starts), today)}
          hidden={app.suppressed === true}
        />
      ),
    },
    {
      key: "release",
      header: words.release,
      width: "96px",
      wideOnly: true,
      cell: (app) => app.version ?? "–",
    },
    {
      key: "last_seen",
      header: words.lastSeen,
      width: "112px",
      sort: "last_seen",
      cell: (app) => <When at={app.last_seen} unknown={words.never} />,
    },
    {
      key: "owners",
      header: words.owners,
      width: "104px",
      wideOnly: true,
      cell: (app) =>
        app.owners.length === 0 ? (
          <span className={classes.quiet}>{words.noOwner}</span>
        ) : (
          <Tip label={app.owners.join(", ")}>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the names must be reachable by keyboard */}
            <span tabIndex={0}>{words.ownerCount(app.owners.length)}</span>
          </Tip>
        ),
    },
    {
      key: "tags",
      header: words.tags,
      width: "120px",
      wideOnly: true,
      cell: (app) => (
        <span className={classes.tags}>
          {app.tags.map((tag) => (
            <Chip key={tag}>{tag}</Chip>
          ))}
        </span>
      ),
    },
  ];
}

/** Silence in a slow rhythm is no decline: neither 28 days nor a month can judge it. */
function Change({ moved, hidden }: { moved: Moved | null; hidden: boolean }) {
  if (moved) {
    return <MoveDelta {...moved} />;
  }
  if (hidden) return <Hidden />;
  return (
    <Tip label={words.tooSlow}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the reason must be reachable by keyboard */}
      <span tabIndex={0}>–</span>
    </Tip>
  );
}

interface YearProps {
  app: string;
  row: Schema["AppMonths"]["apps"][number] | undefined;
  starts: readonly Day[];
}

function Year({ app, row, starts }: YearProps) {
  const people = peopleByMonth(row, starts);
  const last = people.at(-2);
  return (
    <Spark
      values={people}
      running
      label={words.spark(app, typeof last === "number" ? formatExact(last) : "?")}
    />
  );
}
