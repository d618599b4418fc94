import { Card } from "@/ui/Card";
import { Spark } from "@/ui/charts/Spark";
import type { ChartState } from "@/ui/charts/types";
import { MoveDelta } from "@/ui/MoveDelta";
import { Num } from "@/ui/Num";
import { SkeletonBlock } from "@/ui/Skeletons";
import { overview } from "@/words/overview";
import type { Movers as Moved, Mover } from "./figures";
import classes from "./Overview.module.css";

const words = overview.movers;
const most = 5;

interface MoversProps {
  movers: Moved | undefined;
  /** The page is filtered by role, this list is not. */
  allRoles: boolean;
  state: ChartState | undefined;
  appHref: (app: string) => string;
  appsHref: string;
}

/** Which apps gain and which lose, with their year beside the number. */
export function Movers(props: MoversProps) {
  const { movers, allRoles, state, appsHref } = props;
  return (
    <Card title={words.title} aside={<a href={appsHref}>{words.all}</a>}>
      {state?.kind === "loading" && <SkeletonBlock height={316} />}
      {state?.kind === "error" && <p role="alert">{state.message}</p>}
      {movers && (
        <>
          <List
            {...props}
            title={`▼ ${words.lose}`}
            apps={movers.lose}
            none={words.nobodyLoses}
            tone="decline"
          />
          <List
            {...props}
            title={`▲ ${words.gain}`}
            apps={movers.gain}
            none={words.nobodyGains}
            tone="growth"
          />
          <p className={classes.rule}>
            {allRoles && overview.allRoles} {words.rule}{" "}
            {movers.slow > 0 && words.slow(movers.slow)}
          </p>
        </>
      )}
    </Card>
  );
}

interface ListProps extends MoversProps {
  title: string;
  apps: readonly Mover[];
  none: string;
  tone: "growth" | "decline";
}

function List({ title, apps, none, tone, appHref }: ListProps) {
  return (
    <section className={classes.list}>
      <h3 className={classes.listTitle} data-tone={tone}>
        {title}
      </h3>
      {apps.length === 0 ? (
        <p className={classes.none}>{none}</p>
      ) : (
        <ul>
          {apps.slice(0, most).map((app) => (
            <li key={app.app} className={classes.mover}>
              <a className={classes.name} href={appHref(app.app)} title={app.app}>
                {app.app}
              </a>
              <Spark
                values={app.months}
                width={72}
                height={20}
                running
                tone={tone}
                label={words.spark(app.app)}
              />
              <Num value={app.now} />
              <MoveDelta now={app.now} before={app.before} by={app.by} born={app.born} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
