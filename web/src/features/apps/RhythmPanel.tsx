import { useQuery } from "@tanstack/react-query";
import { useHref } from "@/router/href";
import { useCan, useWorkspace } from "@/session/session";
import { RhythmChip, StateChip } from "@/ui/badges";
import { Card } from "@/ui/Card";
import { Unknown } from "@/ui/faces";
import { formatDay } from "@/ui/format";
import { MetricLabel, When } from "@/ui/Num";
import { apps } from "@/words/apps";
import classes from "./Apps.module.css";
import { appQuery } from "./queries";

const words = apps.rhythm;

/** How often this app is naturally used, how that is known, and when the next visit is due. */
export function RhythmPanel({ app: name }: { app: string }) {
  const { slug: workspace } = useWorkspace();
  const { data: app } = useQuery(appQuery(workspace, name));
  const can = useCan();
  const href = useHref();
  if (!app) return null;
  const known = app.rhythm !== "unknown" && app.rhythm !== "irregular";
  const how = app.rhythm_set_by_hand
    ? words.byHand
    : app.rhythm === "unknown"
      ? words.tooFew(app.rhythm_people ?? 0)
      : app.rhythm === "irregular"
        ? words.irregular
        : app.rhythm_people === null
          ? words.learnedFew
          : words.learned(app.rhythm_people);
  return (
    <Card title={<MetricLabel term="rhythm">{words.title}</MetricLabel>}>
      <p className={classes.lead}>{how}</p>
      <dl className={classes.facts}>
        <dt>{words.rhythm}</dt>
        <dd>
          <RhythmChip rhythm={app.rhythm} />
        </dd>
        <dt>{words.state}</dt>
        <dd>
          <StateChip state={app.state} reason={apps.list.unknownState} />
        </dd>
        <dt>{words.last}</dt>
        <dd>
          <When at={app.last_seen} unknown={words.never} />
        </dd>
        <dt>{words.expected}</dt>
        <dd>
          {known && app.expected ? formatDay(app.expected) : <Unknown reason={words.noDate} />}
        </dd>
      </dl>
      {can("apps.write") && (
        <p className={classes.more}>
          <a
            href={href({
              to: "/w/$workspace/apps/$app/settings",
              params: { workspace, app: name },
            })}
          >
            {words.change}
          </a>
        </p>
      )}
    </Card>
  );
}
