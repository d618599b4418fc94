import { useInfiniteQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import type { Schema } from "@/api/client";
import { TimelineCard } from "@/api/TimelineCard";
import { useHref } from "@/router/href";
import { useWorkspace } from "@/session/session";
import { Chip } from "@/ui/badges";
import { Card, Cards, Span } from "@/ui/Card";
import { dayInZone } from "@/ui/day";
import { formatDay, formatInstant } from "@/ui/format";
import { PageHeader } from "@/ui/PageHeader";
import { Stat, Stats } from "@/ui/Stat";
import { Tip } from "@/ui/Tip";
import { Traits } from "@/ui/Traits";
import { people } from "@/words/people";
import { privacy } from "@/words/privacy";
import { ui } from "@/words/ui";
import { ActivityCalendar } from "./ActivityCalendar";
import { KnownAs } from "./KnownAs";
import { PersonApps } from "./PersonApps";
import { PersonPrivacy } from "./PersonPrivacy";
import { personQuery, personTimelineQuery } from "./queries";

const words = people.person;

export function PersonPage() {
  const workspace = useWorkspace();
  const { id } = useParams({ from: "/_framed/w/$workspace/people/$id" });
  const { data: person } = useSuspenseQuery(personQuery(workspace.slug, id));
  const timeline = useInfiniteQuery(personTimelineQuery(workspace.slug, id));
  const href = useHref();
  const params = { workspace: workspace.slug };
  return (
    <>
      <PageHeader
        crumbs={[{ label: people.title, href: href({ to: "/w/$workspace/people", params }) }]}
        title={<bdi>{person.name ?? person.external_id}</bdi>}
        name={person.name ?? person.external_id}
        badges={<Badges person={person} />}
        facts={
          <Facts
            person={person}
            timeZone={workspace.time_zone}
            accountHref={(account) =>
              href({ to: "/w/$workspace/accounts/$id", params: { ...params, id: account } })
            }
          />
        }
        verdict={verdictOf(person)}
        actions={<PersonPrivacy workspace={workspace.slug} person={person} />}
      />
      <Cards>
        <Span of={12}>
          <PersonStats person={person} timeZone={workspace.time_zone} />
        </Span>
        <Span of={12}>
          <ActivityCalendar workspace={workspace.slug} id={id} />
        </Span>
        <Span of={8}>
          <TimelineCard title={words.timeline.title} none={words.timeline.none} query={timeline} />
        </Span>
        <Span of={4}>
          <Card title={<span id="apps">{words.apps.title}</span>}>
            <PersonApps
              apps={person.apps}
              appHref={(app) =>
                href({ to: "/w/$workspace/apps/$app/overview", params: { ...params, app } })
              }
            />
          </Card>
          <KnownAs workspace={workspace.slug} person={person.external_id} ids={person.merged} />
          <Card title={words.traits.title}>
            <Traits traits={person.traits} since={words.traits.since} none={words.traits.none} />
          </Card>
        </Span>
      </Cards>
    </>
  );
}

type Person = Schema["PersonDetail"];

function Badges({ person }: { person: Person }) {
  return (
    <>
      {person.role === null ? null : <Chip>{people.roles[person.role] ?? person.role}</Chip>}
      {person.pseudonym ? (
        <Tip label={ui.person.pseudonym}>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the reason must be reachable by keyboard */}
          <span tabIndex={0}>
            <Chip>{privacy.person.pseudonym}</Chip>
          </span>
        </Tip>
      ) : null}
      {person.anonymous && !person.pseudonym ? <Chip>{ui.person.anonymous}</Chip> : null}
      {person.excluded ? <Chip>{ui.person.excluded(person.excluded)}</Chip> : null}
    </>
  );
}

interface FactsProps {
  person: Person;
  timeZone: string;
  accountHref: (account: string) => string;
}

function Facts({ person, timeZone, accountHref }: FactsProps) {
  return (
    <>
      {person.name ? <bdi>{person.external_id}</bdi> : null}
      {person.email ? <bdi>{person.email}</bdi> : null}
      {person.account ? (
        <a href={accountHref(person.account)}>{person.account_name ?? person.account}</a>
      ) : null}
      {person.first_seen ? (
        <span>{words.since(formatDay(dayInZone(new Date(person.first_seen), timeZone)))}</span>
      ) : null}
      {person.merged.length > 0 ? (
        <a href="#known-as">{words.merged(person.merged.length)}</a>
      ) : null}
    </>
  );
}

function verdictOf(person: Person): string {
  const who = person.name ?? words.thisPerson;
  if (person.excluded) return words.excluded(person.excluded);
  if (!person.last_seen) return words.neverSeen(who);
  const overdue = person.apps.filter(({ state }) => state === "overdue").map(({ app }) => app);
  return [
    words.active(who, person.active_days_28),
    person.active_days_28 === 0 ? words.last(formatInstant(person.last_seen)) : null,
    overdue.length > 0 ? words.overdue(overdue.join(", ")) : null,
  ]
    .filter(Boolean)
    .join(" ");
}

function PersonStats({ person, timeZone }: { person: Person; timeZone: string }) {
  const { stats } = words;
  const overdue = person.apps.filter(({ state }) => state === "overdue").length;
  return (
    <Stats>
      <Stat
        label={stats.activeDays}
        term="active_days_28"
        value={person.metrics.active_days_28}
        note={stats.activeDaysNote}
      />
      <Stat
        label={stats.events}
        term="events"
        value={person.metrics.events_28}
        href="#timeline"
        note={stats.eventsNote}
      />
      <Stat
        label={stats.allEvents}
        term="events"
        value={person.events}
        href="#timeline"
        note={
          person.first_seen
            ? stats.allEventsNote(formatDay(dayInZone(new Date(person.first_seen), timeZone)))
            : undefined
        }
      />
      <Stat
        label={stats.apps}
        term="state"
        value={person.apps.length}
        href="#apps"
        note={person.apps.length > 0 ? stats.appsNote(overdue) : undefined}
      />
    </Stats>
  );
}
