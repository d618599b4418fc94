import { Button } from "@mantine/core";
import type { UserDetail } from "@/api/access";
import { api, request } from "@/api/client";
import { useAct } from "@/api/useAct";
import { useDoorName, useWorkspaces } from "@/session/session";
import { Chip } from "@/ui/badges";
import { Card } from "@/ui/Card";
import { deviceOf } from "@/ui/device";
import { formatInstantDay } from "@/ui/format";
import { When } from "@/ui/Num";
import { notify } from "@/ui/notify";
import { type Column, QueryTable } from "@/ui/QueryTable";
import { frame } from "@/words/frame";
import { keys } from "@/words/keys";
import { users } from "@/words/users";
import classes from "./Users.module.css";

const words = users.user;

/** Where they are signed in right now. */
export function UserSessions({ user, ends }: { user: UserDetail; ends: boolean }) {
  const doorName = useDoorName();
  const end = useAct(
    () =>
      request(() =>
        api.DELETE("/api/v1/users/{id}/sessions", { params: { path: { id: user.id } } }),
      ),
    () => notify({ message: words.sessions.ended(user.name || user.email) }),
  );
  return (
    <Card
      title={words.sessions.title}
      aside={
        ends && user.sessions.length > 0 ? (
          <Button
            variant="default"
            size="compact-sm"
            onClick={() => !end.isPending && end.mutate(undefined)}
          >
            {words.sessions.end}
          </Button>
        ) : undefined
      }
    >
      {user.sessions.length === 0 ? (
        <p className={classes.lead}>{words.sessions.none}</p>
      ) : (
        <div className={classes.lines}>
          {user.sessions.map((each) => (
            <div key={each.id} className={classes.line}>
              <span className={classes.text}>
                <span>{deviceOf(each.agent) ?? users.sessions.unknownDevice}</span>
                <span className={classes.sub}>
                  {doorName(each.source)}
                  {each.address ? ` · ${each.address}` : ""} · <When at={each.last_seen_at} />
                </span>
              </span>
            </div>
          ))}
        </div>
      )}
    </Card>
  );
}

type Token = UserDetail["tokens"][number];

const columnsOf = (nameOf: (slug: string) => string): Column<Token>[] => [
  { key: "name", header: words.tokens.columns.name, cell: ({ name }) => name },
  {
    key: "workspace",
    header: words.tokens.columns.workspace,
    width: "130px",
    cell: ({ workspace }) => nameOf(workspace),
  },
  {
    key: "role",
    header: words.tokens.columns.role,
    width: "110px",
    cell: ({ role }) => <Chip>{frame.workspace.roles[role]}</Chip>,
  },
  {
    key: "used",
    header: words.tokens.columns.used,
    width: "120px",
    cell: ({ last_used_at }) => (last_used_at ? <When at={last_used_at} /> : keys.write.never),
  },
  {
    key: "until",
    header: words.tokens.columns.until,
    width: "130px",
    cell: ({ expires_at }) =>
      expires_at ? formatInstantDay(expires_at) : keys.tokens.neverExpires,
  },
];

/** The programs that call in their name. */
export function UserTokens({ tokens }: { tokens: readonly Token[] }) {
  const workspaces = useWorkspaces();
  const nameOf = (slug: string) => workspaces.find((each) => each.slug === slug)?.name ?? slug;
  if (tokens.length === 0) {
    return (
      <Card title={words.tokens.title}>
        <p className={classes.lead}>
          {words.tokens.none}. {words.tokens.noneText}
        </p>
      </Card>
    );
  }
  return (
    <Card title={words.tokens.title} flush>
      <QueryTable
        label={words.tokens.label}
        columns={columnsOf(nameOf)}
        rows={tokens}
        total={tokens.length}
        rowKey={({ id }) => String(id)}
        empty={null}
      />
    </Card>
  );
}
