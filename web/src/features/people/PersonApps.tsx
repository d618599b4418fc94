import type { Schema } from "@/api/client";
import { StateChip } from "@/ui/badges";
import { When } from "@/ui/Num";
import { people } from "@/words/people";
import { eventCount } from "@/words/plural";
import { ui } from "@/words/ui";
import classes from "./PersonApps.module.css";

const words = people.person.apps;

interface PersonAppsProps {
  apps: Schema["PersonDetail"]["apps"];
  appHref: (app: string) => string;
}

/** Each app with its state against its own rhythm; what is overdue comes first. */
export function PersonApps({ apps, appHref }: PersonAppsProps) {
  if (apps.length === 0) {
    return (
      <p className={classes.none}>
        {words.none}. {words.noneText}
      </p>
    );
  }
  const order = { overdue: 0, due: 1, on_rhythm: 2, not_yet_due: 3, unknown: 4 };
  const sorted = [...apps].sort((a, b) => order[a.state] - order[b.state] || b.events - a.events);
  return (
    <ul className={classes.apps}>
      {sorted.map((each) => (
        <li key={each.app} className={classes.app}>
          <div className={classes.line}>
            <a className={classes.name} href={appHref(each.app)}>
              {each.app}
            </a>
            <StateChip state={each.state} expected={each.expected} reason={words.unknown} />
          </div>
          <div className={classes.facts}>
            {each.rhythm === "unknown" ? null : <span>{ui.rhythm[each.rhythm]}</span>}
            <When at={each.last_seen} />
            <span>{eventCount(each.events)}</span>
          </div>
        </li>
      ))}
    </ul>
  );
}
