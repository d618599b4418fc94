import type { Schema } from "@/api/client";
import { Chip } from "@/ui/badges";
import { Hidden, Unknown } from "@/ui/faces";
import { formatMoney } from "@/ui/format";
import { Delta, MetricLabel, Num, Share, When } from "@/ui/Num";
import type { Column } from "@/ui/QueryTable";
import { accounts as words } from "@/words/accounts";
import { ui } from "@/words/ui";

type Account = Schema["Account"];

interface Shown {
  href: (account: Account) => string;
  peopleHref: (account: Account) => string;
  /** Plan and MRR say nothing about departments; they are shown once one account has them. */
  money: boolean;
}

export function accountColumns({ href, peopleHref, money }: Shown): Column<Account>[] {
  const { columns } = words;
  const all: (Column<Account> | null)[] = [
    {
      key: "account",
      header: columns.account,
      sort: "name",
      cell: (account) => (
        <>
          <bdi>{account.name ?? account.external_id}</bdi>{" "}
          {account.excluded ? <Chip>{ui.person.excluded(account.excluded)}</Chip> : null}
        </>
      ),
    },
    money
      ? {
          key: "plan",
          header: columns.plan,
          width: "110px",
          cell: ({ plan }) => (plan ? <Chip>{plan}</Chip> : <Unknown reason={words.noPlan} />),
        }
      : null,
    {
      key: "active",
      header: <MetricLabel term="active_people_28">{columns.active}</MetricLabel>,
      name: columns.active,
      sort: "active_people_28",
      align: "right",
      width: "160px",
      cell: (account) => (
        <Share part={account.active_people_28} whole={account.people} href={peopleHref(account)} />
      ),
    },
    {
      key: "change",
      header: columns.change,
      align: "right",
      width: "120px",
      cell: ({ active_people_28: now, active_people_prev_28: before }) =>
        now === null || before === null ? (
          <Hidden />
        ) : (
          <Delta now={now} before={before} against={words.changeAgainst} short />
        ),
    },
    {
      key: "seats",
      header: <MetricLabel term="licence_utilisation">{columns.seats}</MetricLabel>,
      name: columns.seats,
      align: "right",
      width: "140px",
      wideOnly: true,
      cell: ({ active_people_28, seats }) =>
        seats === null ? (
          <Unknown reason={words.noSeats} />
        ) : (
          <Share part={active_people_28} whole={seats} />
        ),
    },
    money
      ? {
          key: "mrr",
          header: columns.mrr,
          align: "right",
          width: "110px",
          cell: ({ mrr }) =>
            mrr === null ? <Unknown reason={words.noMrr} /> : <span>{formatMoney(mrr)}</span>,
        }
      : null,
    {
      key: "last",
      header: <MetricLabel term="last_seen">{columns.lastSeen}</MetricLabel>,
      name: columns.lastSeen,
      sort: "last_seen",
      width: "132px",
      cell: (account) => <When at={account.last_seen} unknown={words.never} />,
    },
    {
      key: "events",
      header: <MetricLabel term="events">{columns.events}</MetricLabel>,
      name: columns.events,
      sort: "events",
      align: "right",
      width: "110px",
      cell: (account) => <Num value={account.events} href={`${href(account)}#timeline`} />,
    },
  ];
  return all.filter((column) => column !== null);
}
