import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { QueryError } from "@/api/QueryError";
import { useHref } from "@/router/href";
import { useCan, useMe, useWorkspace } from "@/session/session";
import { CopyCode } from "@/ui/CopyCode";
import { PageHeader } from "@/ui/PageHeader";
import { SkeletonBlock } from "@/ui/Skeletons";
import { setup as words } from "@/words/setup";
import { eventSamples, importCommand, KEY_PLACEHOLDER } from "@/words/snippets";
import { setupFactsQuery, summaryQuery } from "./queries";
import classes from "./SetupPage.module.css";

const { steps } = words;

/** What is left before the console tells something. Steps tick themselves from facts. */
export function SetupPage() {
  const workspace = useWorkspace();
  const { email } = useMe();
  const can = useCan();
  const href = useHref();
  const params = { workspace: workspace.slug };
  // Someone is sending their first event right now: ask often until it is there.
  const summary = useQuery({
    ...summaryQuery(workspace.slug),
    refetchInterval: ({ state }) => (state.data?.events ? false : 2_000),
  });
  const events = summary.data?.events ?? 0;
  const facts = useQuery({
    ...setupFactsQuery(workspace.slug, can("write_keys.read")),
    refetchInterval: events > 0 ? false : 10_000,
  });
  const error = summary.error ?? facts.error;
  if (error) return <QueryError error={error} />;
  if (!summary.data || !facts.data) return <SkeletonBlock height={480} />;
  const { apps, owned, writeKeys } = facts.data;
  const done = [true, writeKeys === null ? null : writeKeys > 0, events > 0, owned > 0].filter(
    (each) => each !== null,
  );
  return (
    <>
      <PageHeader
        title={words.welcome(workspace.name)}
        verdict={words.verdict(done.filter(Boolean).length, done.length)}
        actions={
          events > 0 ? (
            <Button component="a" href={href({ to: "/w/$workspace", params })}>
              {words.home}
            </Button>
          ) : null
        }
      />
      <ol className={classes.steps}>
        <Step title={steps.signIn.title} done>
          {steps.signIn.done(email)}
        </Step>
        {writeKeys === null ? null : (
          <Step title={steps.key.title} done={writeKeys > 0}>
            <p>{writeKeys > 0 ? steps.key.done(writeKeys) : steps.key.text}</p>
            {writeKeys > 0 ? null : (
              <Button component="a" href={href({ to: "/w/$workspace/keys", params })}>
                {steps.key.action}
              </Button>
            )}
          </Step>
        )}
        <Step title={steps.event.title} done={events > 0}>
          {events > 0 ? <p>{steps.event.done(events)}</p> : <FirstEvent />}
          {can("inspector.read") ? (
            <a href={href({ to: "/w/$workspace/inspector", params })}>{steps.event.watch}</a>
          ) : null}
        </Step>
        {events > 0 ? null : (
          <Step title={steps.import.title}>
            <p>{steps.import.text}</p>
            <CopyCode
              label={steps.import.samples}
              samples={[{ key: "shell", label: "shell", code: importCommand }]}
            />
            <a href="/docs/importing">{steps.import.more}</a>
          </Step>
        )}
        <Step title={steps.owners.title} done={owned > 0}>
          <p>{steps.owners.text}</p>
          <p>{apps === 0 ? steps.owners.none : steps.owners.done(owned, apps)}</p>
          {apps > 0 ? (
            <a href={href({ to: "/w/$workspace/apps", params })}>{steps.owners.action}</a>
          ) : null}
        </Step>
      </ol>
    </>
  );
}

function FirstEvent() {
  return (
    <>
      <p>{steps.event.text}</p>
      <CopyCode
        label={steps.event.samples}
        samples={eventSamples(window.location.origin, KEY_PLACEHOLDER)}
      />
      <p className={classes.listening}>
        <span aria-hidden="true">●</span> {steps.event.listening}
      </p>
    </>
  );
}

interface StepProps {
  title: string;
  /** Absent: another way to the same end, which no fact can tick. */
  done?: boolean;
  children: ReactNode;
}

function Step({ title, done, children }: StepProps) {
  return (
    <li className={classes.step} data-done={done || undefined}>
      <span className={classes.mark} aria-hidden="true">
        {done ? "✓" : done === false ? "○" : "·"}
      </span>
      <div className={classes.body}>
        <h2 className={classes.title}>
          {title}
          {done === undefined ? null : (
            <span className={classes.srOnly}>, {done ? words.done : words.open}</span>
          )}
        </h2>
        {children}
      </div>
    </li>
  );
}
