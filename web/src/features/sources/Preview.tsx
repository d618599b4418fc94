import { Button, Textarea, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Source, SourcePreview } from "@/api/access";
import { api, request } from "@/api/client";
import { QueryError } from "@/api/QueryError";
import { useWorkspaces } from "@/session/session";
import { Card } from "@/ui/Card";
import { frame } from "@/words/frame";
import { sources } from "@/words/sources";
import classes from "./Sources.module.css";

const words = sources.preview;

/** What a sign-in would come to, without one. */
export function Preview({ source }: { source: Source }) {
  const [text, setText] = useState("");
  const [missing, setMissing] = useState(false);
  const ldap = source.kind === "ldap";
  const preview = useMutation({
    mutationFn: () =>
      request(() =>
        api.POST("/api/v1/sign-in-sources/{key}/preview", {
          params: { path: { key: source.key } },
          body: ldap
            ? { username: text.trim() }
            : {
                groups: text
                  .split("\n")
                  .map((line) => line.trim())
                  .filter(Boolean),
              },
        }),
      ),
  });
  const run = (event: FormEvent) => {
    event.preventDefault();
    setMissing(text.trim() === "");
    if (text.trim() !== "" && !preview.isPending) preview.mutate();
  };
  const shared = {
    autoComplete: "off",
    spellCheck: false,
    value: text,
    error: missing ? (ldap ? words.need : words.needGroups) : undefined,
  };
  return (
    <Card title={words.title}>
      <form className={classes.side} onSubmit={run}>
        <p className={classes.lead}>{ldap ? words.leadLdap : words.leadOidc}</p>
        {ldap ? (
          <TextInput
            {...shared}
            label={words.username}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        ) : (
          <Textarea
            {...shared}
            label={words.groups}
            description={words.groupsHelp}
            rows={3}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        )}
        <Button type="submit" variant="default">
          {preview.isPending ? words.running : words.run}
        </Button>
      </form>
      <div aria-live="polite" aria-busy={preview.isPending}>
        {preview.error && !preview.isPending ? <QueryError error={preview.error} /> : null}
        {preview.data && !preview.isPending ? <Found preview={preview.data} /> : null}
      </div>
    </Card>
  );
}

function Found({ preview }: { preview: SourcePreview }) {
  const workspaces = useWorkspaces();
  const nameOf = (slug: string) => workspaces.find((each) => each.slug === slug)?.name ?? slug;
  return (
    <div className={classes.side}>
      {preview.refused ? (
        <p className={classes.problem}>
          <strong>{words.refused}.</strong> {preview.refused}
        </p>
      ) : null}
      {preview.roles.length > 0 ? (
        <ul className={classes.roles}>
          {preview.roles.map(({ workspace, role, app, group }) => (
            <li key={`${workspace} ${role} ${app} ${group}`}>
              <strong>
                {app
                  ? words.roleApp(frame.workspace.roles[role], app, nameOf(workspace))
                  : words.role(frame.workspace.roles[role], nameOf(workspace))}
              </strong>
              <span className={classes.said}>{words.because(group)}</span>
            </li>
          ))}
        </ul>
      ) : preview.refused ? null : (
        <p className={classes.lead}>{words.none}</p>
      )}
      {preview.groups.length > 0 ? (
        <details className={classes.said}>
          <summary>{words.found(preview.groups.length)}</summary>
          <ul className={classes.groups}>
            {preview.groups.map((group) => (
              <li key={group}>{group}</li>
            ))}
          </ul>
        </details>
      ) : null}
    </div>
  );
}
