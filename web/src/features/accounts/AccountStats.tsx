import type { Schema } from "@/api/client";
import { Delta } from "@/ui/Num";
import { Stat, Stats } from "@/ui/Stat";
import { accounts } from "@/words/accounts";

const words = accounts.account.stats;

interface AccountStatsProps {
  account: Schema["AccountDetail"];
  peopleHref: string;
}

export function AccountStats({ account, peopleHref }: AccountStatsProps) {
  return (
    <Stats>
      <Stat
        label={words.active}
        term="active_people_28"
        value={account.active_people_28}
        hidden={account.suppressed}
        href={peopleHref}
        change={
          account.active_people_28 === null ||
          account.active_people_prev_28 === null ? undefined : (
            <Delta
              now={account.active_people_28}
              before={account.active_people_prev_28}
              against={words.activeAgainst}
            />
          )
        }
      />
      <Stat
        label={words.known}
        term="person"
        value={account.people}
        hidden={account.suppressed}
        href={peopleHref}
        note={words.knownNote}
      />
      <Stat
        label={words.days}
        term="active_days_28"
        value={account.metrics.active_days_28}
        note={words.daysNote}
      />
      <Stat
        label={words.events}
        term="events"
        value={account.metrics.events_28}
        href="#timeline"
        note={words.eventsNote}
      />
    </Stats>
  );
}
