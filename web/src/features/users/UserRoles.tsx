import { Button } from "@mantine/core";
import { useState } from "react";
import type { UserDetail } from "@/api/access";
import { strongest } from "@/session/queries";
import { useWorkspaces } from "@/session/session";
import { Chip } from "@/ui/badges";
import { Card } from "@/ui/Card";
import { Tip } from "@/ui/Tip";
import { frame } from "@/words/frame";
import { users } from "@/words/users";
import { RoleForm } from "./RoleForm";
import classes from "./Users.module.css";

const words = users.user.roles;

/** What they are in each workspace, and which grant makes them that. */
export function UserRoles({ user, changes }: { user: UserDetail; changes: boolean }) {
  const workspaces = useWorkspaces();
  const [open, setOpen] = useState<string | null>(null);
  const held = new Map(strongest(user.roles).map((grant) => [grant.workspace, grant.role]));
  // Those of others' workspaces stand here too: the reader may not open them, but may know of them.
  const slugs = [...new Set([...workspaces.map(({ slug }) => slug), ...held.keys()])];
  const nameOf = (slug: string) => workspaces.find((each) => each.slug === slug)?.name ?? slug;
  const shown = changes ? slugs : slugs.filter((slug) => held.has(slug));
  return (
    <Card title={words.title} aside={<span className={classes.sub}>{words.lead}</span>}>
      <div className={classes.lines}>
        {shown.length === 0 ? <p className={classes.lead}>{words.none}</p> : null}
        {shown.map((slug) => {
          const role = held.get(slug);
          return (
            <div key={slug} className={classes.line}>
              <span className={classes.text}>
                <span>
                  {nameOf(slug)}{" "}
                  {role ? (
                    <Chip>{frame.workspace.roles[role]}</Chip>
                  ) : (
                    <span className={classes.sub}>{users.noRole}</span>
                  )}
                </span>
                {user.roles
                  .filter(({ workspace }) => workspace === slug)
                  .map((grant) => (
                    <GrantLine key={grant.origin} grant={grant} />
                  ))}
              </span>
              {changes ? (
                <Button
                  variant="default"
                  size="compact-sm"
                  aria-label={(role ? words.changeIn : words.addIn)(nameOf(slug))}
                  onClick={() => setOpen(slug)}
                >
                  {role ? words.change : words.add}
                </Button>
              ) : null}
            </div>
          );
        })}
      </div>
      {open ? (
        <RoleForm user={user} workspace={open} name={nameOf(open)} onClose={() => setOpen(null)} />
      ) : null}
    </Card>
  );
}

function GrantLine({ grant }: { grant: UserDetail["roles"][number] }) {
  const manual = grant.origin === "manual";
  const from = manual ? (
    <span>{words.manual}</span>
  ) : (
    <Tip label={words.bySourceTip}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the reason must be reachable by keyboard */}
      <span tabIndex={0}>{words.bySource(grant.origin)}</span>
    </Tip>
  );
  return (
    <span className={classes.sub}>
      {frame.workspace.roles[grant.role]}, {from}
      {grant.role === "builder"
        ? `: ${grant.apps.length > 0 ? grant.apps.join(", ") : words.allApps}`
        : null}
    </span>
  );
}
