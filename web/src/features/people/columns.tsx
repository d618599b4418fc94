import type { Schema } from "@/api/client";
import { ActiveDays } from "@/ui/ActiveDays";
import { Chip } from "@/ui/badges";
import { Hidden } from "@/ui/faces";
import { MetricLabel, Num, When } from "@/ui/Num";
import { PersonLabel } from "@/ui/PersonLabel";
import type { Column } from "@/ui/QueryTable";
import { people as words } from "@/words/people";

type Person = Schema["Person"];

/** No chart on this page: the columns are the picture. */
export function peopleColumns(
  personHref: (person: Person) => string,
  accountHref: (id: string) => string,
): Column<Person>[] {
  const { columns } = words;
  return [
    {
      key: "person",
      header: columns.person,
      sort: "name",
      cell: (person) => (
        <PersonLabel
          id={person.external_id}
          name={person.name}
          email={person.email}
          anonymous={person.anonymous && !person.pseudonym}
          excluded={person.excluded}
        />
      ),
    },
    {
      key: "role",
      header: columns.role,
      width: "104px",
      cell: ({ role }) => (role === null ? <Hidden /> : <Chip>{words.roles[role] ?? role}</Chip>),
    },
    {
      key: "account",
      header: columns.account,
      width: "160px",
      cell: (person) =>
        person.account ? (
          <a href={accountHref(person.account)}>{person.account_name ?? person.account}</a>
        ) : person.suppressed ? (
          <Hidden />
        ) : (
          <span title={words.noAccount}>–</span>
        ),
    },
    {
      key: "last",
      header: <MetricLabel term="last_seen">{columns.lastSeen}</MetricLabel>,
      name: columns.lastSeen,
      sort: "last_seen",
      width: "132px",
      cell: (person) => <When at={person.last_seen} unknown={words.never} />,
    },
    {
      key: "days",
      header: <MetricLabel term="active_days_28">{columns.activeDays}</MetricLabel>,
      name: columns.activeDays,
      sort: "active_days_28",
      width: "190px",
      cell: (person) => <ActiveDays days={person.active_days_28} />,
    },
    {
      key: "events",
      header: <MetricLabel term="events">{columns.events}</MetricLabel>,
      name: columns.events,
      sort: "events",
      align: "right",
      width: "104px",
      cell: (person) => <Num value={person.events} href={`${personHref(person)}#timeline`} />,
    },
    {
      key: "first",
      header: <MetricLabel term="first_seen">{columns.firstSeen}</MetricLabel>,
      name: columns.firstSeen,
      sort: "first_seen",
      width: "132px",
      wideOnly: true,
      cell: (person) => <When at={person.first_seen} unknown={words.never} />,
    },
  ];
}
