import { Button, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Source, SourceTest } from "@/api/access";
import { api, request } from "@/api/client";
import { QueryError } from "@/api/QueryError";
import { Card } from "@/ui/Card";
import { sources } from "@/words/sources";
import classes from "./Sources.module.css";

const words = sources.test;

/** All stages in the order in which they are gone through; the first failure ends the walk. */
const STAGES: Record<Source["kind"], readonly string[]> = {
  ldap: ["connect", "tls", "bind", "user", "groups", "role"],
  oidc: ["discovery", "keys", "client"],
};

const keyOfStage = (stage: string) => stage.toLowerCase();
const nameOf = (stage: string) => words.stages[keyOfStage(stage)] ?? stage;

export function TestCard({ source }: { source: Source }) {
  const [username, setUsername] = useState("");
  const test = useMutation({
    mutationFn: () =>
      request(() =>
        api.POST("/api/v1/sign-in-sources/{key}/test", {
          params: { path: { key: source.key } },
          body: { username: username.trim() || undefined },
        }),
      ),
  });
  const run = (event: FormEvent) => {
    event.preventDefault();
    if (!test.isPending) test.mutate();
  };
  return (
    <Card title={words.title}>
      <form className={classes.side} onSubmit={run}>
        <p className={classes.lead}>{words.lead}</p>
        {source.kind === "ldap" ? (
          <TextInput
            label={words.username}
            description={words.usernameHelp}
            autoComplete="off"
            spellCheck={false}
            value={username}
            onChange={(event) => setUsername(event.currentTarget.value)}
          />
        ) : null}
        <Button type="submit" variant="default">
          {test.isPending ? words.running : words.run}
        </Button>
      </form>
      <div aria-live="polite" aria-busy={test.isPending}>
        {test.error && !test.isPending ? <QueryError error={test.error} /> : null}
        {test.data && !test.isPending ? (
          <Stages kind={source.kind} test={test.data} person={username.trim() !== ""} />
        ) : null}
      </div>
    </Card>
  );
}

interface StagesProps {
  kind: Source["kind"];
  test: SourceTest;
  /** Somebody was looked for, so the stages about a person belong to the walk. */
  person: boolean;
}

function Stages({ kind, test, person }: StagesProps) {
  // Of several servers of a directory one may fail and the next answer.
  const failed = test.ok ? undefined : test.stages.findLast(({ ok }) => !ok);
  const reached = new Set(test.stages.map(({ stage }) => keyOfStage(stage)));
  const wanted = STAGES[kind].filter(
    (stage) => person || !["user", "groups", "role"].includes(stage),
  );
  const left = failed ? wanted.filter((stage) => !reached.has(stage)) : [];
  return (
    <div className={classes.side}>
      <p className={test.ok ? classes.passed : classes.problem}>
        {failed ? words.failed(nameOf(failed.stage)) : words.passed}
      </p>
      <ol className={classes.stages}>
        {test.stages.map(({ stage, ok, milliseconds, message }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a stage comes once for each server, in this order
          <li key={at} data-outcome={ok ? "done" : "failed"}>
            <span className={classes.mark} aria-hidden="true">
              {ok ? "✓" : "✕"}
            </span>
            <span className={classes.stage}>
              <span className={classes.stageName}>
                <strong>{nameOf(stage)}</strong> <span>{words.took(milliseconds)}</span>
              </span>
              {message ? <span className={classes.said}>{message}</span> : null}
            </span>
          </li>
        ))}
        {left.map((stage) => (
          <li key={stage} data-outcome="plain">
            <span className={classes.mark} aria-hidden="true">
              ○
            </span>
            <span className={classes.stage}>
              <span className={classes.stageName}>
                <span>{nameOf(stage)}</span> <span>{words.notReached}</span>
              </span>
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}
