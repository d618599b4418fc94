import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Outlet, useLocation, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import type { Schema } from "@/api/client";
import { isStatus } from "@/api/errors";
import { QueryError } from "@/api/QueryError";
import { useHref } from "@/router/href";
import { roleFilter, roleOf } from "@/router/role";
import { useToday, useWorkspace } from "@/session/session";
import { RhythmChip, StateChip } from "@/ui/badges";
import { dayInZone } from "@/ui/day";
import { EmptyState } from "@/ui/EmptyState";
import { FilterBar } from "@/ui/FilterBar";
import { formatDay } from "@/ui/format";
import { When } from "@/ui/Num";
import { PageHeader } from "@/ui/PageHeader";
import { PeriodPicker } from "@/ui/PeriodPicker";
import { SkeletonBlock } from "@/ui/Skeletons";
import { Row } from "@/ui/Stack";
import { TabLinks } from "@/ui/TabLinks";
import { apps as words } from "@/words/apps";
import { appVerdict } from "./appWords";
import { appQuery } from "./queries";
import { useAppPeriod } from "./useAppPeriod";

const tabs = ["overview", "people", "retention", "features", "releases", "settings"] as const;
type Tab = (typeof tabs)[number];
/** Where the span of days matters, and where the role does. */
const withPeriod: readonly Tab[] = ["overview", "features"];
const withRole: readonly Tab[] = ["overview", "people", "retention", "features"];

/** Does this app hold its people, what changed, what next? */
export function AppLayout() {
  const { slug: workspace } = useWorkspace();
  const { app: name } = useParams({ from: "/_framed/w/$workspace/apps/$app" });
  const today = useToday();
  const href = useHref();
  const app = useQuery(appQuery(workspace, name));
  const last = useLocation({ select: ({ pathname }) => pathname.split("/").at(-1) });
  const tab = tabs.find((each) => each === last) ?? "overview";
  const appsHref = href({ to: "/w/$workspace/apps", params: { workspace } });
  const crumbs = [{ label: words.title, href: appsHref }];

  if (isStatus(app.error, 404)) {
    return (
      <>
        <PageHeader crumbs={crumbs} title={name} />
        <EmptyState
          kind="no-match"
          title={words.missing.title}
          action={
            <Button component="a" href={appsHref} variant="default">
              {words.missing.back}
            </Button>
          }
        >
          {words.missing.text}
        </EmptyState>
      </>
    );
  }
  return (
    <>
      <PageHeader
        crumbs={crumbs}
        title={name}
        badges={
          app.data && (
            <>
              <RhythmChip rhythm={app.data.rhythm} />
              <StateChip
                state={app.data.state}
                expected={app.data.expected}
                reason={words.list.unknownState}
              />
            </>
          )
        }
        facts={app.data && <Facts app={app.data} />}
        verdict={app.data && appVerdict(app.data, today)}
        controls={<Controls tab={tab} app={app.data} />}
      />
      <TabLinks
        label={words.tabs.label}
        current={tab}
        tabs={tabs.map((key) => ({
          key,
          label: words.tabs[key],
          href: href({
            to: `/w/$workspace/apps/$app/${key}`,
            params: { workspace, app: name },
          }),
        }))}
      />
      {app.error && !app.data ? (
        <QueryError error={app.error} onRetry={() => void app.refetch()} />
      ) : app.data ? (
        <Outlet />
      ) : (
        <SkeletonBlock height={420} />
      )}
    </>
  );
}

function Facts({ app }: { app: Schema["App"] }) {
  const { time_zone } = useWorkspace();
  const released = app.released_at && dayInZone(new Date(app.released_at), time_zone);
  return (
    <>
      <span>
        {app.version && released
          ? words.facts.since(app.version, formatDay(released))
          : words.facts.noRelease}
      </span>
      <span>
        {app.owners.length === 0 ? words.list.noOwner : words.facts.owners(app.owners.length)}
      </span>
      <span>
        {words.facts.lastSeen} <When at={app.last_seen} unknown={words.list.never} />
      </span>
    </>
  );
}

function Controls({ tab, app }: { tab: Tab; app: Schema["App"] | undefined }) {
  const { picker } = useAppPeriod(app);
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const role = roleOf(search.role);
  const usesRole = withRole.includes(tab);
  if (!usesRole && !withPeriod.includes(tab)) return null;
  return (
    <Row>
      {withPeriod.includes(tab) && <PeriodPicker {...picker} comparable={tab === "overview"} />}
      {usesRole && (
        <FilterBar
          filters={[roleFilter(role)]}
          onChange={(_, values) =>
            void navigate({
              to: ".",
              search: (old: Record<string, unknown>) => ({ ...old, role: roleOf(values.at(-1)) }),
            })
          }
        />
      )}
    </Row>
  );
}
