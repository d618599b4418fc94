import { useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import type { Schema } from "@/api/client";
import { useHref } from "@/router/href";
import { usePeriod } from "@/router/usePeriod";
import { useWorkspace } from "@/session/session";
import { Chip } from "@/ui/badges";
import { Card, Cards, Span } from "@/ui/Card";
import { dayInZone } from "@/ui/day";
import { formatDay, formatMoney } from "@/ui/format";
import { PageHeader } from "@/ui/PageHeader";
import { PeriodPicker } from "@/ui/PeriodPicker";
import { Traits } from "@/ui/Traits";
import { accounts } from "@/words/accounts";
import { ui } from "@/words/ui";
import { AccountAppsMap } from "./AccountAppsMap";
import classes from "./AccountPage.module.css";
import { AccountPeople } from "./AccountPeople";
import { AccountStats } from "./AccountStats";
import { AccountTimeline } from "./AccountTimeline";
import { AccountTrend } from "./AccountTrend";
import { Licences } from "./Licences";
import { accountQuery } from "./queries";
import { verdictOf } from "./verdict";

const words = accounts.account;

export function AccountPage() {
  const workspace = useWorkspace();
  const { id } = useParams({ from: "/_framed/w/$workspace/accounts/$id" });
  const { data: account } = useSuspenseQuery(accountQuery(workspace.slug, id));
  const { picker } = usePeriod();
  const href = useHref();
  const params = { workspace: workspace.slug };
  const accountHref = (other: string) =>
    href({ to: "/w/$workspace/accounts/$id", params: { ...params, id: other } });
  const personHref = (person: string) =>
    href({ to: "/w/$workspace/people/$id", params: { ...params, id: person } });
  const peopleHref = href({
    to: "/w/$workspace/people",
    params,
    search: { account: id, sort: "-active_days_28" },
  });
  return (
    <>
      <PageHeader
        crumbs={[{ label: accounts.title, href: href({ to: "/w/$workspace/accounts", params }) }]}
        title={<bdi>{account.name ?? account.external_id}</bdi>}
        name={account.name ?? account.external_id}
        badges={
          <>
            {account.plan ? <Chip>{words.plan(account.plan)}</Chip> : null}
            {account.excluded ? <Chip>{ui.person.excluded(account.excluded)}</Chip> : null}
          </>
        }
        facts={<Facts account={account} timeZone={workspace.time_zone} accountHref={accountHref} />}
        verdict={verdictOf(account)}
        controls={
          <>
            <span />
            <PeriodPicker {...picker} />
          </>
        }
      />
      <Cards>
        <Span of={12}>
          <AccountStats account={account} peopleHref={peopleHref} />
        </Span>
        <Span of={8}>
          <AccountTrend id={id} />
          <AccountAppsMap workspace={workspace.slug} id={id} />
          <AccountTimeline workspace={workspace.slug} id={id} personHref={personHref} />
        </Span>
        <Span of={4}>
          <Card title={words.licences.title}>
            <Licences active={account.active_people_28} seats={account.seats} />
          </Card>
          <AccountPeople
            workspace={workspace.slug}
            account={id}
            allHref={peopleHref}
            personHref={personHref}
          />
          <Children ids={account.children} accountHref={accountHref} />
          <Card title={words.traits.title}>
            <Traits traits={account.traits} since={words.traits.since} none={words.traits.none} />
          </Card>
        </Span>
      </Cards>
    </>
  );
}

interface FactsProps {
  account: Schema["AccountDetail"];
  timeZone: string;
  accountHref: (account: string) => string;
}

function Facts({ account, timeZone, accountHref }: FactsProps) {
  return (
    <>
      {account.name ? <bdi>{account.external_id}</bdi> : null}
      {account.parent ? (
        <a href={accountHref(account.parent)}>{words.parent(account.parent)}</a>
      ) : null}
      {account.mrr === null ? null : <span>{words.mrr(formatMoney(account.mrr))}</span>}
      {account.first_seen ? (
        <span>{words.since(formatDay(dayInZone(new Date(account.first_seen), timeZone)))}</span>
      ) : null}
    </>
  );
}

function Children({
  ids,
  accountHref,
}: {
  ids: readonly string[];
  accountHref: (account: string) => string;
}) {
  if (ids.length === 0) return null;
  return (
    <Card title={words.children.title}>
      <ul className={classes.children}>
        {ids.map((child) => (
          <li key={child}>
            <a href={accountHref(child)}>{child}</a>
          </li>
        ))}
      </ul>
    </Card>
  );
}
