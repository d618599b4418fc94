import { Button } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { UserDetail } from "@/api/access";
import { api, request } from "@/api/client";
import { useAct } from "@/api/useAct";
import { viewAs } from "@/api/viewAs";
import { useHref } from "@/router/href";
import { useCanManage, useMe } from "@/session/session";
import { Chip } from "@/ui/badges";
import { Card, Cards, Span } from "@/ui/Card";
import { formatInstant, formatInstantDay } from "@/ui/format";
import { ViewAsIcon } from "@/ui/icons";
import { notify } from "@/ui/notify";
import { PageHeader } from "@/ui/PageHeader";
import { undoable } from "@/ui/undo";
import { users } from "@/words/users";
import { UserState } from "./columns";
import { Identities } from "./Identities";
import { PasswordLink } from "./PasswordLink";
import { userQuery } from "./queries";
import { UserRoles } from "./UserRoles";
import { UserSessions, UserTokens } from "./UserSessions";

const words = users.user;

/** Who is this, what may they do, where from, and what do they hold? */
export function UserPage() {
  const { id } = useParams({ from: "/_framed/system/users/$id" });
  const { data: user } = useSuspenseQuery(userQuery(Number(id)));
  const href = useHref();
  const me = useMe();
  const can = useCanManage();
  const name = user.name || user.email;
  const self = user.email === me.email;
  const changes = can("users.write") && !self;
  return (
    <>
      <PageHeader
        crumbs={[{ label: users.title, href: href({ to: "/system/users" }) }]}
        title={<bdi>{name}</bdi>}
        name={name}
        badges={
          <>
            <UserState disabled={user.disabled_at !== null} />
            {user.totp ? <Chip>{users.totp}</Chip> : null}
          </>
        }
        facts={
          <>
            {user.name ? <bdi>{user.email}</bdi> : null}
            <span>
              {user.last_login_at
                ? `${words.since} ${formatInstant(user.last_login_at)}`
                : users.never}
            </span>
            {can("audit.read") ? (
              <a href={href({ to: "/system/audit", search: { actor: user.email } })}>{words.log}</a>
            ) : null}
          </>
        }
        verdict={
          user.disabled_at
            ? `${words.disabledBy(user.disabled_by ?? "manual")} ${formatInstantDay(user.disabled_at)}`
            : self
              ? words.you
              : user.roles.length === 0
                ? words.roles.none
                : undefined
        }
        actions={<Actions user={user} self={self} changes={changes} />}
      />
      <Cards>
        <Span of={8}>
          <UserRoles user={user} changes={changes} />
          <UserTokens tokens={user.tokens} />
        </Span>
        <Span of={4}>
          <Card title={words.identities.title}>
            <Identities user={user} />
          </Card>
          <UserSessions user={user} ends={can("sessions.write") && !self} />
        </Span>
      </Cards>
    </>
  );
}

interface ActionsProps {
  user: UserDetail;
  self: boolean;
  changes: boolean;
}

function Actions({ user, self, changes }: ActionsProps) {
  const [linking, setLinking] = useState(false);
  const name = user.name || user.email;
  const params = { path: { id: user.id } };
  const enable = useAct(
    () => request(() => api.POST("/api/v1/users/{id}/enable", { params, body: {} })),
    () => notify({ message: words.enabled(name) }),
  );
  const disable = useAct(
    () => request(() => api.POST("/api/v1/users/{id}/disable", { params, body: {} })),
    () => undoable({ message: words.disabled(name), undo: () => enable.mutate(undefined) }),
  );
  const off = user.disabled_at !== null;
  const hasPassword = user.sources.length === 0 || user.sources.includes("local");
  return (
    <>
      {!self && !off && user.roles.length > 0 ? (
        <Button
          variant="default"
          leftSection={<ViewAsIcon size={16} stroke={1.5} aria-hidden="true" />}
          onClick={() => viewAs({ id: user.id, name }, "/")}
        >
          {words.viewAs}
        </Button>
      ) : null}
      {changes && !off && hasPassword ? (
        <Button variant="default" onClick={() => setLinking(true)}>
          {words.link}
        </Button>
      ) : null}
      {changes ? (
        <Button
          variant="default"
          onClick={() => (off ? enable : disable).mutate(undefined)}
          disabled={enable.isPending || disable.isPending}
        >
          {off ? words.enable : words.disable}
        </Button>
      ) : null}
      {linking ? <PasswordLink user={user} onClose={() => setLinking(false)} /> : null}
    </>
  );
}
