import { Button } from "@mantine/core";
import { IconLock, IconPlus } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { Mapping } from "@/api/access";
import { api, request } from "@/api/client";
import { tableState } from "@/api/lists";
import { useAct } from "@/api/useAct";
import { useHref } from "@/router/href";
import { useCanManage, useWorkspaces, type Workspace } from "@/session/session";
import { usePageActions } from "@/ui/actions";
import { Chip } from "@/ui/badges";
import { EmptyState } from "@/ui/EmptyState";
import { PageHeader } from "@/ui/PageHeader";
import { type Column, QueryTable } from "@/ui/QueryTable";
import { saveRows } from "@/ui/saveRows";
import { Tip } from "@/ui/Tip";
import { undoable } from "@/ui/undo";
import { frame } from "@/words/frame";
import { users } from "@/words/users";
import { MappingForm } from "./MappingForm";
import { mappingsQuery, sourcesQuery } from "./queries";
import classes from "./Sources.module.css";

const words = users.groups;

/** Which group gives which role? */
export function GroupsPage() {
  const query = useInfiniteQuery(mappingsQuery);
  const sources = useInfiniteQuery(sourcesQuery);
  const workspaces = useWorkspaces();
  const href = useHref();
  const writes = useCanManage()("sources.write");
  const [adding, setAdding] = useState(false);
  const known = sources.data?.pages.flatMap(({ items }) => items) ?? [];
  const adds = writes && known.length > 0;
  usePageActions(
    useMemo(
      () => (adds ? [{ id: "mapping new", label: words.add, run: () => setAdding(true) }] : []),
      [adds],
    ),
  );
  const again = useAct(
    ({ source, group, workspace, role, app }: Mapping) =>
      request(() =>
        api.POST("/api/v1/group-mappings", {
          body: { source, group, workspace, role, app: app ?? undefined },
        }),
      ),
    () => undefined,
    ["system", "mappings"],
  );
  const remove = useAct(
    ({ id }: Mapping) =>
      request(() =>
        api.DELETE("/api/v1/group-mappings/{id}", { params: { path: { id: id ?? 0 } } }),
      ),
    (_, mapping) =>
      undoable({ message: words.removed(mapping.group), undo: () => again.mutate(mapping) }),
    ["system", "mappings"],
  );
  const all = query.data?.pages.flatMap(({ items }) => items);
  const nameOf = (key: string) => known.find((each) => each.key === key)?.name ?? key;
  const unconnected = sources.data && known.length === 0;
  return (
    <>
      <PageHeader
        title={words.title}
        keepLines
        verdict={all && words.verdict(all.length)}
        actions={
          adds ? (
            <Button
              leftSection={<IconPlus size={16} stroke={1.5} aria-hidden="true" />}
              onClick={() => setAdding(true)}
            >
              {words.add}
            </Button>
          ) : undefined
        }
      />
      <QueryTable
        label={words.label}
        columns={columns(
          workspaces,
          nameOf,
          writes ? (row) => !remove.isPending && remove.mutate(row) : undefined,
        )}
        rowKey={({ id, source, group, workspace, role, app }) =>
          `${id} ${source} ${group} ${workspace} ${role} ${app}`
        }
        {...tableState(query)}
        csv={() =>
          saveRows(
            "groups",
            ["source", "group", "workspace", "role", "app", "origin"],
            (all ?? []).map((row) => [
              row.source,
              row.group,
              row.workspace,
              row.role,
              row.app,
              row.origin,
            ]),
          )
        }
        empty={
          <EmptyState
            kind="first"
            title={unconnected ? words.noSource : words.empty}
            action={
              unconnected ? (
                <Button component="a" href={href({ to: "/system/sign-in" })}>
                  {words.toSources}
                </Button>
              ) : adds ? (
                <Button onClick={() => setAdding(true)}>{words.add}</Button>
              ) : undefined
            }
          >
            {unconnected ? words.noSourceText : words.emptyText}
          </EmptyState>
        }
      />
      {adding ? <MappingForm sources={known} onClose={() => setAdding(false)} /> : null}
    </>
  );
}

function columns(
  workspaces: readonly Workspace[],
  nameOf: (source: string) => string,
  onRemove?: (mapping: Mapping) => void,
): Column<Mapping>[] {
  const workspaceOf = (slug: string) => workspaces.find((each) => each.slug === slug)?.name ?? slug;
  return [
    {
      key: "group",
      header: words.columns.group,
      cell: ({ group }) => <bdi className={classes.wrap}>{group}</bdi>,
    },
    {
      key: "source",
      header: words.columns.source,
      width: "170px",
      cell: ({ source }) => nameOf(source),
    },
    {
      key: "gives",
      header: words.columns.gives,
      width: "32%",
      cell: ({ role, app, workspace }) =>
        app
          ? words.givesApp(frame.workspace.roles[role], app, workspaceOf(workspace))
          : words.gives(frame.workspace.roles[role], workspaceOf(workspace)),
    },
    {
      key: "origin",
      header: words.columns.origin,
      width: "130px",
      cell: ({ id, origin, place }) =>
        id === null ? (
          <Tip label={place ? words.lockedBy(place) : words.locked}>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the reason must be reachable by keyboard */}
            <span className={classes.origin} data-locked tabIndex={0}>
              <IconLock size={14} stroke={1.5} aria-hidden="true" /> {words.origins[origin]}
            </span>
          </Tip>
        ) : (
          <Chip>{words.origins[origin]}</Chip>
        ),
    },
    ...(onRemove
      ? [
          {
            key: "remove",
            header: words.remove,
            silent: true,
            align: "right" as const,
            width: "100px",
            cell: (row: Mapping) =>
              row.id === null ? null : (
                <Button
                  variant="subtle"
                  color="gray"
                  size="compact-xs"
                  aria-label={words.removeOf(row.group)}
                  onClick={() => onRemove(row)}
                >
                  {words.remove}
                </Button>
              ),
          },
        ]
      : []),
  ];
}
