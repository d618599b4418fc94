import { useQuery } from "@tanstack/react-query";
import type { Schema } from "@/api/client";
import { QueryError } from "@/api/QueryError";
import { useHref } from "@/router/href";
import { useCanManage } from "@/session/session";
import { EmptyState } from "@/ui/EmptyState";
import { When } from "@/ui/Num";
import { PageHeader } from "@/ui/PageHeader";
import { type Column, QueryTable } from "@/ui/QueryTable";
import { saveRows } from "@/ui/saveRows";
import { system } from "@/words/system";
import { failedFirst, isFailing, jobsVerdict, scheduleOf } from "./figures";
import { jobsQuery } from "./queries";
import { RunButton } from "./RunButton";
import { RunProgress, RunState, Took } from "./runs";
import classes from "./System.module.css";

const words = system.jobs;
type Job = Schema["JobStatus"];

/** Did the nightly work run, how long, what next? */
export function JobsPage() {
  const query = useQuery(jobsQuery);
  const href = useHref();
  const manages = useCanManage()("system.manage");
  const { items, leader } = query.data ?? {};
  const jobs = items && failedFirst(items);
  return (
    <>
      <PageHeader
        title={words.title}
        verdict={query.data && jobsVerdict(query.data)}
        facts={
          leader ? (
            <span className={classes.facts}>
              {words.leader[leader.here ? "here" : "there"](leader.holder)}{" "}
              <When at={leader.since} />
            </span>
          ) : undefined
        }
      />
      <QueryTable
        label={words.label}
        columns={columns(manages)}
        rows={jobs}
        total={jobs?.length ?? null}
        rowKey={({ name }) => name}
        rowHref={({ name }) => href({ to: "/system/jobs/$name", params: { name } })}
        error={
          query.error && !query.data ? (
            <QueryError error={query.error} onRetry={() => void query.refetch()} />
          ) : undefined
        }
        csv={() =>
          saveRows(
            "jobs",
            ["name", "title", "schedule", "scope", "next_at", "last_at", "last_state", "message"],
            (jobs ?? []).map(({ name, title, schedule, scope, next_at, last }) => [
              name,
              title,
              schedule,
              scope,
              next_at,
              last?.ended_at ?? null,
              last?.state ?? null,
              last?.message ?? null,
            ]),
          )
        }
        empty={<EmptyState kind="first" title={words.history.empty} />}
      />
    </>
  );
}

function columns(manages: boolean): Column<Job>[] {
  return [
    {
      key: "job",
      header: words.columns.job,
      cell: ({ title }) => title,
    },
    {
      key: "schedule",
      header: words.columns.schedule,
      width: "250px",
      cell: (job) => (
        <span className={classes.name}>
          <span className={classes.wrap}>{scheduleOf(job)}</span>
          <span className={classes.sub}>{words.scope[job.scope] ?? job.scope}</span>
        </span>
      ),
    },
    {
      key: "last",
      header: words.columns.last,
      width: "36%",
      cell: (job) => <LastRun job={job} />,
    },
    {
      key: "next",
      header: words.columns.next,
      width: "110px",
      cell: ({ next_at, schedule }) =>
        next_at ? (
          <When at={next_at} />
        ) : (
          <span className={classes.sub}>
            {schedule === "by hand" ? words.byHand : words.continuous}
          </span>
        ),
    },
    ...(manages
      ? [
          {
            key: "run",
            header: words.columns.run,
            silent: true,
            align: "right" as const,
            width: "110px",
            cell: (job: Job) => <RunButton job={job} />,
          },
        ]
      : []),
  ];
}

function LastRun({ job }: { job: Job }) {
  const { running, last } = job;
  if (running) return <RunProgress run={running} title={job.title} />;
  if (!last) return <span className={classes.sub}>{words.never}</span>;
  return (
    <span className={classes.lines}>
      <span>
        <RunState run={last} /> <When at={last.ended_at ?? last.fire_at} />, <Took run={last} />
      </span>
      {isFailing(job) ? (
        <>
          <span className={classes.problem}>{last.message ?? words.history.silent}</span>
          {job.failures_since > 1 ? (
            <span className={classes.sub}>{words.failuresSince(job.failures_since)}</span>
          ) : null}
        </>
      ) : (
        <span className={classes.sub}>{last.message}</span>
      )}
    </span>
  );
}
