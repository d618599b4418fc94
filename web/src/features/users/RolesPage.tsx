import { Button, Switch, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ConsoleRole, Roles } from "@/api/access";
import { QueryError } from "@/api/QueryError";
import { EmptyState } from "@/ui/EmptyState";
import { PageHeader } from "@/ui/PageHeader";
import { SkeletonBlock } from "@/ui/Skeletons";
import { Tip } from "@/ui/Tip";
import { frame } from "@/words/frame";
import { users } from "@/words/users";
import { type RolesSearch, rolesQuery } from "./queries";
import classes from "./Users.module.css";

const words = users.roles;
const ORDER: readonly ConsoleRole[] = ["owner", "admin", "success", "builder", "viewer", "scim"];

/** Who may do what? */
export function RolesPage() {
  const search = useSearch({ from: "/_framed/system/roles" });
  const navigate = useNavigate({ from: "/system/roles" });
  const query = useQuery(rolesQuery);
  const { data } = query;
  const shown = data && permissionsOf(data, search);
  return (
    <>
      <PageHeader
        title={words.title}
        keepLines
        verdict={data && words.verdict(data.roles.length, data.permissions.length)}
      />
      {query.error && !data ? (
        <QueryError error={query.error} onRetry={() => void query.refetch()} />
      ) : null}
      {!data && !query.error ? <SkeletonBlock height={480} /> : null}
      {data && shown ? (
        <section className={classes.matrix} aria-label={words.label}>
          <div className={classes.tools}>
            <TextInput
              size="xs"
              value={search.q ?? ""}
              onChange={(event) => {
                const q = event.currentTarget.value || undefined;
                void navigate({ search: (old) => ({ ...old, q }), replace: true });
              }}
              placeholder={words.search}
              aria-label={words.search}
              leftSection={<IconSearch size={16} stroke={1.5} aria-hidden="true" />}
            />
            <Switch
              size="sm"
              label={words.differences}
              checked={search.differences === true}
              onChange={(event) => {
                const differences = event.currentTarget.checked || undefined;
                void navigate({ search: (old) => ({ ...old, differences }) });
              }}
            />
          </div>
          {shown.length === 0 ? (
            <EmptyState
              kind="no-match"
              title={words.empty}
              action={
                <Button variant="default" onClick={() => void navigate({ search: {} })}>
                  {words.clear}
                </Button>
              }
            >
              {words.emptyText}
            </EmptyState>
          ) : (
            <Matrix data={data} permissions={shown} />
          )}
        </section>
      ) : null}
    </>
  );
}

function permissionsOf({ roles, permissions }: Roles, { q, differences }: RolesSearch) {
  const wanted = q?.toLowerCase();
  return permissions.filter(
    (each) =>
      (!wanted || `${each.name} ${each.what}`.toLowerCase().includes(wanted)) &&
      (!differences || each.roles.length < roles.length),
  );
}

/** Rights over a builder's own apps; the rest is about no app. */
const roomOf = (name: string) => name.split(".")[0] ?? name;

interface MatrixProps {
  data: Roles;
  permissions: Roles["permissions"];
}

function Matrix({ data, permissions }: MatrixProps) {
  const roles = ORDER.flatMap((role) => data.roles.find((each) => each.role === role) ?? []);
  const rooms = [...new Set(permissions.map(({ name }) => roomOf(name)))];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what is cut off must scroll by keyboard
    <section className={classes.scroll} tabIndex={0} aria-label={words.title}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{words.permission}</th>
            {roles.map(({ role, what }) => (
              <th key={role} scope="col">
                <Tip label={what}>
                  {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what a role is must be reachable by keyboard */}
                  <span tabIndex={0}>{frame.workspace.roles[role]}</span>
                </Tip>
              </th>
            ))}
          </tr>
        </thead>
        {rooms.map((room) => (
          <tbody key={room}>
            <tr>
              <th scope="rowgroup" colSpan={roles.length + 1} className={classes.room}>
                {room.replaceAll("_", " ")}
              </th>
            </tr>
            {permissions
              .filter(({ name }) => roomOf(name) === room)
              .map((permission) => (
                <tr key={permission.name}>
                  <th scope="row">
                    <span className={classes.text}>
                      <span>{permission.what}</span>
                      <code className={classes.sub}>{permission.name}</code>
                    </span>
                  </th>
                  {roles.map(({ role }) => (
                    <td key={role}>
                      <Reach role={role} permission={permission} />
                    </td>
                  ))}
                </tr>
              ))}
          </tbody>
        ))}
      </table>
    </section>
  );
}

/** How far the right goes: everywhere, own apps only, nowhere. */
function Reach({
  role,
  permission,
}: {
  role: ConsoleRole;
  permission: Roles["permissions"][number];
}) {
  if (!permission.roles.includes(role)) {
    return (
      <span className={classes.no}>
        <span aria-hidden="true">{words.no}</span>
        <span className={classes.srOnly}>{words.noSpoken}</span>
      </span>
    );
  }
  if (role === "builder") {
    return (
      <Tip label={words.ownTip}>
        <span className={classes.own}>{words.own}</span>
      </Tip>
    );
  }
  return (
    <span className={classes.yes}>
      <span aria-hidden="true">✓</span>
      <span className={classes.srOnly}>{words.yes}</span>
    </span>
  );
}
