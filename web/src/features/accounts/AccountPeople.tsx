import { useQuery } from "@tanstack/react-query";
import { QueryError } from "@/api/QueryError";
import { ActiveDays } from "@/ui/ActiveDays";
import { Card } from "@/ui/Card";
import { PersonLabel } from "@/ui/PersonLabel";
import { SkeletonBlock } from "@/ui/Skeletons";
import { accounts } from "@/words/accounts";
import classes from "./AccountPage.module.css";
import { accountPeopleQuery } from "./queries";

const words = accounts.account.people;

interface AccountPeopleProps {
  workspace: string;
  account: string;
  allHref: string;
  personHref: (id: string) => string;
}

/** Who carries the account: its ten most active people. */
export function AccountPeople({ workspace, account, allHref, personHref }: AccountPeopleProps) {
  const query = useQuery(accountPeopleQuery(workspace, account));
  return (
    <Card title={words.title} aside={<a href={allHref}>{words.all}</a>}>
      {query.error ? <QueryError error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isPending ? <SkeletonBlock height={320} /> : null}
      {query.data?.items.length === 0 ? <p>{words.none}</p> : null}
      <ul className={classes.people} aria-label={words.caption}>
        {query.data?.items.map((person) => (
          <li key={person.external_id} className={classes.person}>
            <a className={classes.who} href={personHref(person.external_id)}>
              <PersonLabel
                id={person.external_id}
                name={person.name}
                email={person.email}
                anonymous={person.anonymous && !person.pseudonym}
              />
            </a>
            <ActiveDays days={person.active_days_28} />
          </li>
        ))}
      </ul>
    </Card>
  );
}
