import { useQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { featuresQuery } from "@/api/metrics";
import { useWorkspace } from "@/session/session";
import { ChartNotes } from "@/ui/charts/ChartFrame";
import { Stack } from "@/ui/Stack";
import { apps as words } from "@/words/apps";
import { charts } from "@/words/charts";
import { roles } from "@/words/roles";
import classes from "./Apps.module.css";
import { FeatureBars } from "./FeatureBars";
import { appQuery } from "./queries";
import { useAppPeriod } from "./useAppPeriod";

const from = "/_framed/w/$workspace/apps/$app/features";

/** What people do in this app, and how many of those who come do it. */
export function FeaturesTab() {
  const workspace = useWorkspace();
  const { app } = useParams({ from });
  const { role } = useSearch({ from });
  const record = useQuery(appQuery(workspace.slug, app)).data;
  const { period } = useAppPeriod(record);
  const query = useQuery(
    featuresQuery(workspace.slug, { app, role, from: period.from, to: period.to }),
  );
  const notes = [charts.workspace(workspace.name), `${words.one}: ${app}`, period.label];
  return (
    <ChartNotes value={role ? [...notes, `${roles.label}: ${roles[role]}`] : notes}>
      <Stack>
        <FeatureBars query={query} app={app} role={role} />
        <p className={classes.lead}>{query.data?.warning ?? words.features.curate}</p>
      </Stack>
    </ChartNotes>
  );
}
