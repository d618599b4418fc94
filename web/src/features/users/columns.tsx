import type { User } from "@/api/access";
import { strongest } from "@/session/queries";
import type { Workspace } from "@/session/session";
import { Chip, OutcomeChip } from "@/ui/badges";
import { When } from "@/ui/Num";
import type { Column } from "@/ui/QueryTable";
import { frame } from "@/words/frame";
import { users as words } from "@/words/users";
import classes from "./Users.module.css";

export function usersColumns(
  workspaces: readonly Workspace[],
  doorName: (source: string) => string,
): Column<User>[] {
  const nameOf = (slug: string) => workspaces.find((each) => each.slug === slug)?.name ?? slug;
  return [
    {
      key: "user",
      header: words.columns.user,
      cell: ({ name, email }) => <Who name={name} email={email} />,
    },
    {
      key: "roles",
      header: words.columns.roles,
      width: "32%",
      cell: ({ roles }) =>
        roles.length === 0 ? (
          <span className={classes.sub}>{words.noRole}</span>
        ) : (
          <span className={classes.chips}>
            {strongest(roles).map(({ workspace, role }) => (
              <Chip key={workspace}>
                {words.in(frame.workspace.roles[role], nameOf(workspace))}
              </Chip>
            ))}
          </span>
        ),
    },
    {
      key: "from",
      header: words.columns.from,
      width: "200px",
      cell: ({ sources, totp }) => (
        <span className={classes.chips}>
          {sources.map((source) => (
            <span key={source}>{doorName(source)}</span>
          ))}
          {totp ? <Chip>{words.totp}</Chip> : null}
        </span>
      ),
    },
    {
      key: "last",
      header: words.columns.last,
      width: "130px",
      cell: ({ last_login_at }) =>
        last_login_at ? (
          <When at={last_login_at} />
        ) : (
          <span className={classes.sub}>{words.never}</span>
        ),
    },
    {
      key: "state",
      header: words.columns.state,
      width: "110px",
      cell: ({ disabled_at }) => <UserState disabled={disabled_at !== null} />,
    },
  ];
}

export function UserState({ disabled }: { disabled: boolean }) {
  return disabled ? (
    <OutcomeChip outcome="failed">{words.disabled}</OutcomeChip>
  ) : (
    <OutcomeChip outcome="done">{words.active}</OutcomeChip>
  );
}

/** Name above e-mail; the e-mail alone where there is no name yet. */
export function Who({ name, email }: { name: string; email: string }) {
  return (
    <span className={classes.who}>
      <bdi>{name || email}</bdi>
      {name ? <bdi className={classes.sub}>{email}</bdi> : null}
    </span>
  );
}
