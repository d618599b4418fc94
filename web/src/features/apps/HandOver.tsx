import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, request } from "@/api/client";
import { useHref } from "@/router/href";
import { useCanManage } from "@/session/session";
import { When } from "@/ui/Num";
import { apps } from "@/words/apps";
import classes from "./HandOver.module.css";

const words = apps.handOver;

const handOverQuery = (workspace: string) => ({
  queryKey: ["w", workspace, "apps", "hand-over"],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    request(() =>
      api.GET("/api/v1/workspaces/{workspace}/hand-over", {
        params: { path: { workspace } },
        signal,
      }),
    ),
});

/** Apps whose owners have left; absent as long as there are none. */
export function HandOver({ workspace }: { workspace: string }) {
  const sees = useCanManage()("users.read");
  const href = useHref();
  const { data } = useQuery({ ...handOverQuery(workspace), enabled: sees });
  const items = data?.items ?? [];
  if (!sees || items.length === 0) return null;
  return (
    <details className={classes.box} open={items.length <= 3}>
      <summary className={classes.title}>
        <span aria-hidden="true">!</span> {words.title(items.length)}
      </summary>
      <p className={classes.text}>{words.text}</p>
      <ul className={classes.list}>
        {items.map(({ app, owners, since }) => (
          <li key={app}>
            <span className={classes.app}>
              <strong>{app}</strong>
              <span className={classes.sub}>
                {owners.map(({ email, state }) => `${email}, ${words.owners[state]}`).join("; ")}
                {since ? (
                  <>
                    {" "}
                    {words.since} <When at={since} />
                  </>
                ) : null}
              </span>
            </span>
            <Button
              component="a"
              variant="default"
              size="compact-sm"
              aria-label={words.actionOf(app)}
              href={href({ to: "/w/$workspace/apps/$app/settings", params: { workspace, app } })}
            >
              {words.action}
            </Button>
          </li>
        ))}
      </ul>
    </details>
  );
}
