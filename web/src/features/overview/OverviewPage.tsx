import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { peopleByMonth, yearOfMonths } from "@/api/apps";
import { chartState } from "@/api/metrics";
import { useHref } from "@/router/href";
import { usePeopleBehind } from "@/router/peopleBehind";
import { roleFilter, roleOf } from "@/router/role";
import { usePeriod } from "@/router/usePeriod";
import { useWorkspace } from "@/session/session";
import { Cards, Span } from "@/ui/Card";
import { compared, lastWholeDay, valuesBy } from "@/ui/charts/activeDays";
import { ChartNotes } from "@/ui/charts/ChartFrame";
import { finerSpan, isEmptyPeriod, LifecycleBars } from "@/ui/charts/LifecycleBars";
import { FilterBar } from "@/ui/FilterBar";
import { PageHeader } from "@/ui/PageHeader";
import { PeriodPicker } from "@/ui/PeriodPicker";

import { Row, Stack } from "@/ui/Stack";
import { charts } from "@/words/charts";
import { lifecycle as lifecycleWords } from "@/words/lifecycle";
import { overview as words } from "@/words/overview";
import { roles } from "@/words/roles";
import { ActiveTrend } from "./ActiveTrend";
import { moversOf, seasonOf, statesOf } from "./figures";
import { Movers } from "./Movers";
import { OverviewStats } from "./OverviewStats";
import { OverviewVerdict } from "./OverviewVerdict";
import { lifecycleKind, overviewQueries } from "./queries";
import { RhythmStates } from "./RhythmStates";

/** Is our software taking hold, and where not? */
export function OverviewPage() {
  const workspace = useWorkspace();
  const { period, today, picker } = usePeriod();
  const search = useSearch({ from: "/_framed/w/$workspace/" });
  const navigate = useNavigate({ from: "/w/$workspace/" });
  const href = useHref();
  const queries = overviewQueries(workspace.slug, period, today, search.role);
  const active = useQuery(queries.active);
  const apps = useQuery(queries.apps);
  const months = useQuery(queries.months);
  const lifecycle = useQuery(queries.lifecycle);

  const day = lastWholeDay(period.to, today);
  const people = active.data && valuesBy(active.data.days, "mau");
  const { starts } = yearOfMonths(today);
  const rows = new Map(months.data?.apps.map((row) => [row.app, row]));
  const movers =
    apps.data && months.data
      ? moversOf(apps.data, (app) => peopleByMonth(rows.get(app), starts), today)
      : undefined;
  const kind = lifecycleKind(period.days);
  const behind = usePeopleBehind({ role: search.role });
  const appHref = (app: string) =>
    href({ to: "/w/$workspace/apps/$app/overview", params: { workspace: workspace.slug, app } });
  const appsHref = href({ to: "/w/$workspace/apps", params: { workspace: workspace.slug } });

  return (
    <ChartNotes
      value={[
        charts.workspace(workspace.name),
        period.label,
        ...(search.role ? [`${roles.label}: ${roles[search.role]}`] : []),
      ]}
    >
      <PageHeader
        title={words.title}
        keepLines
        verdict={
          people && (
            <OverviewVerdict
              people={compared(people, day)}
              day={day}
              hidden={active.data?.days.find(({ date }) => date === day)?.suppressed}
              season={search.role ? undefined : seasonOf(apps.data ?? [], compared(people, day))}
              // Apps are not split by role, so a role's sentence says nothing of them.
              lose={search.role ? undefined : movers?.lose}
              appHref={appHref}
            />
          )
        }
        controls={
          <Row>
            <PeriodPicker {...picker} />
            <FilterBar
              filters={[roleFilter(search.role)]}
              onChange={(_, values) =>
                void navigate({ search: (old) => ({ ...old, role: roleOf(values.at(-1)) }) })
              }
            />
          </Row>
        }
      />
      <Stack>
        <OverviewStats
          days={active.data?.days}
          day={day}
          period={period}
          states={apps.data ? statesOf(apps.data) : apps.error ? null : undefined}
          role={search.role}
        />
        <Cards>
          <Span of={8}>
            <Stack>
              <ActiveTrend
                active={active}
                apps={apps}
                role={search.role}
                period={period}
                today={today}
                measure={search.measure ?? "month"}
                onMeasure={(measure) =>
                  void navigate({
                    search: (old) => ({
                      ...old,
                      measure: measure === "month" ? undefined : measure,
                    }),
                  })
                }
                onDays={picker.onDays}
                behind={behind?.days}
              />
              <LifecycleBars
                title={words.lifecycle.title}
                definition="quick_ratio"
                periods={lifecycle.data?.periods ?? []}
                kind={kind}
                today={today}
                onOpen={(from, to) =>
                  void navigate({
                    to: "/w/$workspace/lifecycle/period-lifecycle/time",
                    search: { ...finerSpan(kind, from, to), role: search.role },
                  })
                }
                peopleHref={behind?.period(kind)}
                stale={lifecycle.isPlaceholderData}
                state={chartState(
                  lifecycle,
                  lifecycle.data?.periods.every(isEmptyPeriod) && {
                    kind: "empty",
                    message: lifecycleWords.bars.empty,
                  },
                )}
                height={280}
              />
            </Stack>
          </Span>
          <Span of={4}>
            <Stack>
              <Movers
                movers={movers}
                allRoles={search.role !== undefined}
                state={chartState(apps) ?? chartState(months)}
                appHref={appHref}
                appsHref={appsHref}
              />
              <RhythmStates
                apps={apps.data}
                allRoles={search.role !== undefined}
                state={chartState(apps)}
              />
            </Stack>
          </Span>
        </Cards>
      </Stack>
    </ChartNotes>
  );
}
