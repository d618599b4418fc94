import { SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { allAppsQuery } from "@/api/apps";
import { downloadCsv } from "@/api/client";
import { chartState } from "@/api/metrics";
import { usePeopleBehind } from "@/router/peopleBehind";
import { roleFilter, roleOf } from "@/router/role";
import type { PeriodSearch } from "@/router/search";
import { usePeriod } from "@/router/usePeriod";
import { useWorkspace } from "@/session/session";
import { ChartNotes } from "@/ui/charts/ChartFrame";
import {
  finerSpan,
  isEmptyPeriod,
  LifecycleBars,
  lastWholePeriod,
} from "@/ui/charts/LifecycleBars";
import { EmptyState } from "@/ui/EmptyState";
import { FilterBar } from "@/ui/FilterBar";
import { formatRatio } from "@/ui/format";
import { PageHeader } from "@/ui/PageHeader";
import { PeriodPicker } from "@/ui/PeriodPicker";
import { Row, Stack } from "@/ui/Stack";
import { charts } from "@/words/charts";
import { spokenPeriod, lifecycle as words } from "@/words/lifecycle";
import { roles } from "@/words/roles";
import { PeriodTable } from "./PeriodTable";
import { QuickRatio } from "./QuickRatio";
import { lifecycleParams, periodsQuery, STEPS, type Step } from "./queries";

/** Who comes, stays, comes back and stays away, period by period. */
export function LifecyclePage() {
  const workspace = useWorkspace();
  const from = "/_framed/w/$workspace/lifecycle/period-lifecycle/time";
  const search = useSearch({ from });
  const navigate = useNavigate({ from: "/w/$workspace/lifecycle/period-lifecycle/time" });
  const { period: span, today, picker } = usePeriod();
  const step = search.period ?? "week";
  const peopleHref = usePeopleBehind(search)?.period(step);
  const query = useQuery(periodsQuery(workspace.slug, search, span));
  const apps = useQuery({ ...allAppsQuery(workspace.slug), enabled: query.isSuccess });
  const periods = query.data?.periods ?? [];
  const nobody = periods.every(isEmptyPeriod);
  const state = chartState(query);
  const filtered = search.app !== undefined || search.role !== undefined;
  const set = (change: Partial<typeof search> & PeriodSearch) =>
    void navigate({ search: (old) => ({ ...old, ...change }) });

  return (
    <ChartNotes
      value={[
        charts.workspace(workspace.name),
        span.label,
        ...(search.app ? [`${words.app}: ${search.app}`] : []),
        ...(search.role ? [`${roles.label}: ${roles[search.role]}`] : []),
      ]}
    >
      <PageHeader
        title={words.title}
        facts={words.crumb}
        verdict={query.data && !nobody ? verdictOf(periods, step) : undefined}
        controls={
          <Row>
            <SegmentedControl
              size="xs"
              aria-label={words.period}
              value={step}
              onChange={(value) => {
                const next = STEPS.find((each) => each === value);
                set({ period: next === "week" ? undefined : next });
              }}
              data={STEPS.map((value) => ({ value, label: words.periods[value] }))}
            />
            <PeriodPicker {...picker} comparable={false} />
            <FilterBar
              filters={[
                {
                  key: "app",
                  label: words.app,
                  options: (apps.data ?? []).map(({ app }) => ({ value: app, label: app })),
                  values: search.app ? [search.app] : [],
                },
                roleFilter(search.role),
              ]}
              onChange={(key, values) =>
                set(key === "role" ? { role: roleOf(values.at(-1)) } : { app: values.at(-1) })
              }
            />
          </Row>
        }
      />
      {query.data && nobody ? (
        <EmptyState kind={filtered ? "no-match" : "first"} title={words.empty.title}>
          {words.empty.text}
        </EmptyState>
      ) : (
        <Stack>
          <LifecycleBars
            title={words.bars.title}
            definition="quick_ratio"
            periods={periods}
            kind={step}
            today={today}
            onOpen={(first, last) => set(finerSpan(step, first, last))}
            peopleHref={peopleHref}
            height={340}
            stale={query.isPlaceholderData}
            state={state}
            csv={() =>
              downloadCsv(
                `/api/v1/workspaces/${encodeURIComponent(workspace.slug)}/metrics/lifecycle`,
                { ...lifecycleParams(search, span) },
                `lifecycle-${step}.csv`,
              )
            }
          />
          <QuickRatio periods={periods} kind={step} state={state} stale={query.isPlaceholderData} />
          {!state && <PeriodTable periods={periods} kind={step} peopleHref={peopleHref} />}
        </Stack>
      )}
    </ChartNotes>
  );
}

function verdictOf(periods: Parameters<typeof lastWholePeriod>[0], step: Step): string {
  const whole = lastWholePeriod(periods);
  if (!whole) return words.verdict.early;
  const name = spokenPeriod(whole.start, step);
  const ratio = whole.quick_ratio;
  if (ratio === null) return whole.suppressed ? charts.hiddenNote : words.verdict.noneGo(name);
  if (Math.abs(ratio - 1) < 0.05) return words.verdict.level(name);
  return (ratio > 1 ? words.verdict.more : words.verdict.fewer)(formatRatio(ratio), name);
}
