import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useCan, useWorkspace } from "@/session/session";
import { Card } from "@/ui/Card";
import { apps } from "@/words/apps";
import classes from "./Apps.module.css";
import { appQuery } from "./queries";
import { SettingsForm } from "./SettingsForm";

/** What the company knows about an app and no event tells: rhythm, owners, tags. */
export function SettingsTab() {
  const { slug: workspace } = useWorkspace();
  const { app: name } = useParams({ from: "/_framed/w/$workspace/apps/$app/settings" });
  const { data: app } = useQuery(appQuery(workspace, name));
  const can = useCan();
  if (!app) return null;
  return (
    <Card>
      {!can("apps.write") && <p className={classes.lead}>{apps.settings.readOnly}</p>}
      <SettingsForm app={app} workspace={workspace} locked={!can("apps.write")} />
    </Card>
  );
}
