import { useQueries, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { allAppsQuery } from "@/api/apps";
import { downloadCsv } from "@/api/client";
import { chartState } from "@/api/metrics";
import { usePeopleBehind } from "@/router/peopleBehind";
import { roleFilter, roleOf } from "@/router/role";
import { usePeriod } from "@/router/usePeriod";
import { useWorkspace } from "@/session/session";
import { ChartNotes } from "@/ui/charts/ChartFrame";
import { CohortMap } from "@/ui/charts/CohortMap";
import { poolCohorts } from "@/ui/charts/cohorts";
import { EmptyState } from "@/ui/EmptyState";
import { FilterBar } from "@/ui/FilterBar";
import { PageHeader } from "@/ui/PageHeader";
import { PeriodPicker } from "@/ui/PeriodPicker";
import { Row, Stack } from "@/ui/Stack";
import { charts } from "@/words/charts";
import { retention as words } from "@/words/retention";
import { roles } from "@/words/roles";
import { columnsOf, retentionParams, retentionQueries } from "./queries";
import { type Course, RoleLines } from "./RoleLines";
import { firstFigure, verdictOf } from "./retentionWords";
import { Switches } from "./Switches";

/** Do people come back, and when does the loss stop? */
export function RetentionPage() {
  const workspace = useWorkspace();
  const search = useSearch({ from: "/_framed/w/$workspace/retention/" });
  const navigate = useNavigate({ from: "/w/$workspace/retention/" });
  const { period: span, picker } = usePeriod();
  const { variant = "n_day", period: step = "week" } = search;
  const queries = retentionQueries(workspace.slug, search, span);
  const all = useQuery(queries.all);
  const byRole = useQueries({ queries: queries.roles.map(({ query }) => query) });
  // The names only fill a menu, so they wait until it opens.
  const [menu, setMenu] = useState(false);
  const apps = useQuery({ ...allAppsQuery(workspace.slug), enabled: menu });

  const behind = usePeopleBehind(search);
  const columns = columnsOf(variant, step);
  const cohorts = all.data?.cohorts ?? [];
  const pooled = poolCohorts(cohorts, columns.length);
  const courses = queries.roles.flatMap(({ role }, at): Course[] => {
    const data = byRole[at]?.data;
    return data
      ? [{ name: roles.many[role], pooled: poolCohorts(data.cohorts, columns.length) }]
      : [];
  });
  const lines: Course[] = search.role
    ? [{ name: roles.many[search.role], pooled }]
    : courses.filter((course) => (course.pooled[0]?.eligible ?? 0) > 0);

  const nobody = all.data && cohorts.every((cohort) => cohort.size === 0);
  const early = all.data && !nobody && pooled.every((each, at) => at === 0 || each.share === null);
  const filtered = search.app !== undefined || search.role !== undefined;
  const set = (change: Partial<typeof search>) =>
    void navigate({ search: (old) => ({ ...old, ...change }) });
  const filters = [
    roleFilter(search.role),
    {
      key: "app",
      label: words.app,
      options: (apps.data ?? []).map(({ app }) => ({ value: app, label: app })),
      values: search.app ? [search.app] : [],
    },
  ];

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
        verdict={
          early
            ? `${words.early.title(step)}. ${words.early.text(firstFigure(cohorts, step))}`
            : all.data && verdictOf(variant, step, columns, pooled, courses)
        }
        controls={
          <Row>
            <Switches variant={variant} step={step} onChange={set} />
            <PeriodPicker {...picker} comparable={false} />
            <FilterBar
              filters={filters}
              onOpen={() => setMenu(true)}
              onChange={(key, values) =>
                set(key === "role" ? { role: roleOf(values.at(-1)) } : { app: values.at(-1) })
              }
            />
          </Row>
        }
      />
      {nobody ? (
        <EmptyState kind={filtered ? "no-match" : "first"} title={words.empty.title}>
          {words.empty.text}
        </EmptyState>
      ) : (
        <Stack>
          <RoleLines
            courses={lines}
            columns={columns}
            step={step}
            variant={variant}
            state={
              chartState(all) ?? (lines.length === 0 ? { kind: "loading" as const } : undefined)
            }
            onDaily={early && step !== "day" ? () => set({ period: "day" }) : undefined}
          />
          <CohortMap
            title={words.cohorts.title}
            definition={variant}
            cohorts={cohorts}
            step={step}
            columns={columns}
            // "Then or later" and ranges have no span of days of their own.
            peopleHref={variant === "n_day" ? behind?.cohort(step) : undefined}
            height={400}
            stale={all.isPlaceholderData}
            state={chartState(all)}
            csv={() =>
              downloadCsv(
                `/api/v1/workspaces/${encodeURIComponent(workspace.slug)}/metrics/retention`,
                { ...retentionParams(search, span) },
                `retention-${step}-${variant}.csv`,
              )
            }
          />
        </Stack>
      )}
    </ChartNotes>
  );
}
