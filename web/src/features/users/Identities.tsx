import type { UserDetail } from "@/api/access";
import { useDoorName } from "@/session/session";
import { Chip } from "@/ui/badges";
import { When } from "@/ui/Num";
import { users } from "@/words/users";
import classes from "./Users.module.css";

const words = users.user.identities;

/** The doors this user comes through, and the groups each said they are in. */
export function Identities({ user }: { user: UserDetail }) {
  const doorName = useDoorName();
  const local = user.sources.includes("local");
  if (!local && user.identities.length === 0) return <p className={classes.lead}>{words.none}</p>;
  return (
    <div className={classes.lines}>
      {local ? (
        <div className={classes.line}>
          <span className={classes.text}>
            <span>{words.local}</span>
            <span className={classes.sub}>{user.totp ? words.totpOn : words.totpOff}</span>
          </span>
        </div>
      ) : null}
      {user.identities.map((each) => (
        <div key={`${each.source} ${each.subject}`} className={classes.line}>
          <span className={classes.text}>
            <span>
              <Chip>{doorName(each.source)}</Chip> {each.login ?? each.subject}
            </span>
            <span className={classes.sub}>
              {words.linked} <When at={each.linked_at} />
            </span>
            {each.groups.length > 0 ? (
              <details className={classes.groups}>
                <summary>{words.groups(each.groups.length)}</summary>
                <ul>
                  {each.groups.map((group) => (
                    <li key={group}>{group}</li>
                  ))}
                </ul>
              </details>
            ) : null}
          </span>
        </div>
      ))}
    </div>
  );
}
