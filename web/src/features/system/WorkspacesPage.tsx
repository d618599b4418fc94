import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useHref } from "@/router/href";
import { accessTo } from "@/session/permissions";
import { useCanManage, useMe, useWorkspaces, type Workspace } from "@/session/session";
import { usePageActions } from "@/ui/actions";
import { Chip } from "@/ui/badges";
import { EmptyState } from "@/ui/EmptyState";
import { PageHeader } from "@/ui/PageHeader";
import { type Column, QueryTable } from "@/ui/QueryTable";
import { saveRows } from "@/ui/saveRows";
import { frame } from "@/words/frame";
import { system } from "@/words/system";
import { WorkspaceCreate } from "./WorkspaceCreate";
import { WorkspaceEdit } from "./WorkspaceEdit";

const words = system.workspaces;

/** The silos of this installation, and what is set for each. */
export function WorkspacesPage() {
  const me = useMe();
  const all = useWorkspaces();
  const href = useHref();
  const creates = useCanManage()("workspaces.write");
  const [open, setOpen] = useState<"new" | Workspace | null>(null);
  usePageActions(
    useMemo(
      () => (creates ? [{ id: "workspace new", label: words.add, run: () => setOpen("new") }] : []),
      [creates],
    ),
  );
  const changes = (workspace: Workspace) => accessTo(me, workspace).may("workspaces.write");
  const columns: Column<Workspace>[] = [
    { key: "name", header: words.columns.name, cell: ({ name }) => name },
    {
      key: "slug",
      header: words.columns.slug,
      width: "20%",
      cell: ({ slug }) => <code>{slug}</code>,
    },
    {
      key: "kind",
      header: words.columns.kind,
      width: "160px",
      cell: ({ kind }) => <Chip>{words.kinds[kind]}</Chip>,
    },
    {
      key: "zone",
      header: words.columns.zone,
      width: "180px",
      cell: ({ time_zone }) => time_zone,
    },
    {
      key: "role",
      header: words.columns.role,
      width: "110px",
      cell: ({ role }) => frame.workspace.roles[role],
    },
    {
      key: "change",
      header: words.change,
      silent: true,
      align: "right",
      width: "110px",
      cell: (workspace) =>
        changes(workspace) ? (
          <Button
            variant="default"
            size="compact-sm"
            aria-label={words.changeOf(workspace.name)}
            onClick={() => setOpen(workspace)}
          >
            {words.change}
          </Button>
        ) : null,
    },
  ];
  const close = () => setOpen(null);
  return (
    <>
      <PageHeader
        title={words.title}
        verdict={words.verdict(all.length)}
        actions={
          creates ? (
            <Button
              leftSection={<IconPlus size={16} stroke={1.5} aria-hidden="true" />}
              onClick={() => setOpen("new")}
            >
              {words.add}
            </Button>
          ) : undefined
        }
      />
      <QueryTable
        label={words.label}
        columns={columns}
        rows={all}
        total={all.length}
        rowKey={({ slug }) => slug}
        rowHref={({ slug }) => href({ to: "/w/$workspace", params: { workspace: slug } })}
        csv={() =>
          saveRows(
            "workspaces",
            ["slug", "name", "kind", "time_zone", "role"],
            all.map(({ slug, name, kind, time_zone, role }) => [slug, name, kind, time_zone, role]),
          )
        }
        empty={<EmptyState kind="first" title={words.empty} />}
      />
      {open === "new" ? <WorkspaceCreate onClose={close} /> : null}
      {open && open !== "new" ? <WorkspaceEdit workspace={open} onClose={close} /> : null}
    </>
  );
}
