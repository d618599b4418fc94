import { Button } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { api, request, type Schema } from "@/api/client";
import { tableState } from "@/api/lists";
import { useHref } from "@/router/href";
import { oneOf } from "@/router/search";
import { useCanManage, useWorkspaces } from "@/session/session";
import { Chip } from "@/ui/badges";
import { EmptyState } from "@/ui/EmptyState";
import { FilterBar } from "@/ui/FilterBar";
import { formatDay } from "@/ui/format";
import { When } from "@/ui/Num";
import { PageHeader } from "@/ui/PageHeader";
import { type Column, QueryTable } from "@/ui/QueryTable";
import { Stack } from "@/ui/Stack";
import { saveRows } from "@/ui/saveRows";
import { system } from "@/words/system";
import { Durations } from "./Durations";
import { scheduleOf } from "./figures";
import { jobsQuery, runsQuery, STATES, whichPage } from "./queries";
import { RunButton } from "./RunButton";
import { RunProgress, RunState, Took, tookOf } from "./runs";
import classes from "./System.module.css";

const words = system.jobs.history;
type Run = Schema["JobRun"];

/** What became of each run of one job. */
export function JobPage() {
  const { name } = useParams({ from: "/_framed/system/jobs/$name" });
  const search = useSearch({ from: "/_framed/system/jobs/$name" });
  const navigate = useNavigate({ from: "/system/jobs/$name" });
  const href = useHref();
  const workspaces = useWorkspaces();
  const manages = useCanManage()("system.manage");
  const jobs = useQuery(jobsQuery);
  const runs = useInfiniteQuery(runsQuery(name, search));
  const job = jobs.data?.items.find((each) => each.name === name);
  const scoped = job?.scope === "workspace";
  const filtered = search.state !== undefined || search.workspace !== undefined;
  if (jobs.data && !job) {
    return (
      <EmptyState
        page
        kind="no-match"
        title={system.jobs.unknown(name)}
        action={
          <Button component="a" variant="default" href={href({ to: "/system/jobs" })}>
            {system.jobs.all}
          </Button>
        }
      >
        {system.jobs.unknownText}
      </EmptyState>
    );
  }
  return (
    <>
      <PageHeader
        crumbs={[{ label: system.jobs.title, href: href({ to: "/system/jobs" }) }]}
        title={job?.title ?? name}
        badges={job ? <Chip>{system.jobs.scope[job.scope] ?? job.scope}</Chip> : undefined}
        facts={job ? <Facts job={job} /> : undefined}
        verdict={job?.what}
        actions={job && manages ? <RunButton job={job} primary /> : undefined}
      />
      <Stack>
        {job?.running ? <RunProgress run={job.running} title={job.title} /> : null}
        <Durations runs={runs.data?.pages.flatMap(({ items }) => items) ?? []} />
        <QueryTable
          label={words.label(job?.title ?? name)}
          columns={columns(scoped)}
          rowKey={({ id }) => String(id)}
          {...tableState(runs)}
          filters={
            <FilterBar
              filters={[
                {
                  key: "state",
                  label: words.state,
                  options: STATES.map((value) => ({ value, label: system.jobs.states[value] })),
                  values: search.state ? [search.state] : [],
                },
                {
                  key: "workspace",
                  label: words.workspace,
                  options: workspaces.map((each) => ({ value: each.slug, label: each.name })),
                  values: search.workspace ? [search.workspace] : [],
                  applies: scoped,
                },
              ]}
              onChange={(key, values) =>
                void navigate({
                  search: (old) => ({
                    ...old,
                    [key]:
                      key === "state" ? oneOf(values.at(-1), STATES, undefined) : values.at(-1),
                  }),
                })
              }
            />
          }
          csv={() => saveRuns(name, search)}
          empty={
            <EmptyState
              kind={filtered ? "no-match" : "first"}
              title={filtered ? words.noMatch : words.empty}
            >
              {filtered ? words.noMatchText : words.emptyText}
            </EmptyState>
          }
        />
        {job && !job.next_at && job.schedule !== "by hand" ? (
          <p className={classes.text}>{words.onlyFailed}</p>
        ) : null}
      </Stack>
    </>
  );
}

function Facts({ job }: { job: Schema["JobStatus"] }) {
  return (
    <>
      <span>{scheduleOf(job)}</span>
      {job.next_at ? (
        <span>
          {words.next} <When at={job.next_at} />
        </span>
      ) : null}
      {job.builds_on.length > 0 ? (
        <span>
          {words.buildsOn} {job.builds_on.join(", ")}
        </span>
      ) : null}
    </>
  );
}

function columns(scoped: boolean): Column<Run>[] {
  return [
    {
      key: "at",
      header: words.columns.at,
      width: "190px",
      cell: (run) => (
        <span className={classes.name}>
          <When at={run.fire_at} />
          {run.on ? <span className={classes.sub}>{words.asOf(formatDay(run.on))}</span> : null}
        </span>
      ),
    },
    {
      key: "state",
      header: words.columns.state,
      width: "150px",
      cell: (run) => (
        <span className={classes.lines}>
          <RunState run={run} />
          {run.attempt > 1 ? (
            <span className={classes.sub}>{words.attempt(run.attempt)}</span>
          ) : null}
        </span>
      ),
    },
    ...(scoped
      ? [
          {
            key: "workspace",
            header: words.columns.workspace,
            width: "140px",
            cell: (run: Run) => run.workspace ?? words.installation,
          },
        ]
      : []),
    {
      key: "message",
      header: words.columns.message,
      cell: (run) =>
        run.state === "running" ? (
          <RunProgress run={run} title={run.job} />
        ) : (
          <span className={run.state === "failed" ? classes.problem : classes.wrap}>
            {run.message ?? (run.ended_at ? words.silent : "")}
          </span>
        ),
    },
    {
      key: "took",
      header: words.columns.took,
      align: "right",
      width: "110px",
      cell: (run) => <Took run={run} />,
    },
    {
      key: "by",
      header: words.columns.by,
      width: "190px",
      cell: ({ asked_by }) => asked_by ?? words.schedule,
    },
  ];
}

/** As many pages as there are, up to what a file for reading can hold. */
async function saveRuns(name: string, query: { state?: Run["state"]; workspace?: string }) {
  const rows: Run[] = [];
  let cursor: string | undefined;
  do {
    const page = await request(() =>
      api.GET("/api/v1/system/jobs/{name}/runs", {
        params: { path: { name }, query: { ...query, cursor: whichPage(cursor), limit: 500 } },
      }),
    );
    rows.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor && rows.length < 20_000);
  await saveRows(
    `runs-of-${name}`,
    ["fire_at", "state", "workspace", "attempt", "started_at", "ended_at", "ms", "message", "by"],
    rows.map((run) => [
      run.fire_at,
      run.state,
      run.workspace,
      run.attempt,
      run.started_at,
      run.ended_at,
      tookOf(run),
      run.message,
      run.asked_by,
    ]),
  );
}
