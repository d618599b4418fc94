import { SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { downloadCsv } from "@/api/client";
import { chartState } from "@/api/metrics";
import { usePeopleBehind } from "@/router/peopleBehind";
import { useToday, useWorkspace } from "@/session/session";
import { ChartNotes } from "@/ui/charts/ChartFrame";
import { CohortMap } from "@/ui/charts/CohortMap";
import { stepColumns } from "@/ui/charts/cohortColumns";
import { poolCohorts, spokenColumn } from "@/ui/charts/cohorts";
import { apps } from "@/words/apps";
import { charts } from "@/words/charts";
import { retention as words } from "@/words/retention";
import { appQuery, appRetentionQuery, type RetentionStep, usualStep } from "./queries";

const from = "/_framed/w/$workspace/apps/$app/retention";
const steps: readonly RetentionStep[] = ["day", "week", "month"];
const wished = { day: 7, week: 8, month: 3 };

/** Do the people of this app come back? */
export function RetentionTab() {
  const workspace = useWorkspace();
  const today = useToday();
  const { app } = useParams({ from });
  const search = useSearch({ from });
  const navigate = useNavigate({ from: "/w/$workspace/apps/$app/retention" });
  const rhythm = useQuery(appQuery(workspace.slug, app)).data?.rhythm ?? "unknown";
  const usual = usualStep(rhythm);
  const step = search.period ?? usual;
  const options = appRetentionQuery(workspace.slug, app, step, today, search.role);
  const query = useQuery(options);
  const behind = usePeopleBehind({ app, role: search.role });
  const cohorts = query.data?.cohorts ?? [];
  const columns = stepColumns(step, "n_day", step === "day" ? 14 : 12);
  const pooled = poolCohorts(cohorts, columns.length);
  const spoken = spokenColumn(pooled, wished[step]);
  const share = spoken === undefined ? null : (pooled[spoken]?.share ?? null);
  const began = pooled[0]?.eligible ?? 0;

  return (
    <ChartNotes value={[charts.workspace(workspace.name), `${apps.one}: ${app}`]}>
      <CohortMap
        title={words.title}
        summary={
          spoken === undefined || share === null
            ? undefined
            : words.verdict.share(
                share,
                began,
                words.when(words.column.n_day(step, String(spoken))),
              )
        }
        definition="n_day"
        cohorts={cohorts}
        step={step}
        columns={columns}
        peopleHref={behind?.cohort(step)}
        height={420}
        stale={query.isPlaceholderData}
        state={chartState(
          query,
          cohorts.every((cohort) => cohort.size === 0) && {
            kind: "empty",
            message: `${words.empty.title}. ${words.empty.text}`,
          },
        )}
        controls={
          <SegmentedControl
            size="xs"
            aria-label={words.period}
            value={step}
            onChange={(value) => {
              const next = steps.find((each) => each === value);
              void navigate({
                search: (old) => ({ ...old, period: next === usual ? undefined : next }),
              });
            }}
            data={steps.map((value) => ({ value, label: words.periods[value] }))}
          />
        }
        csv={() =>
          downloadCsv(
            `/api/v1/workspaces/${encodeURIComponent(workspace.slug)}/metrics/retention`,
            {
              app,
              role: search.role,
              period: step,
              variant: "n_day",
              periods: columns.length - 1,
              from: cohorts[0]?.start ?? today,
              to: today,
            },
            `${app}-retention-${step}.csv`,
          )
        }
      />
    </ChartNotes>
  );
}
