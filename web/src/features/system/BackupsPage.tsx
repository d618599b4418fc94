import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, request, type Schema } from "@/api/client";
import { QueryError } from "@/api/QueryError";
import { useHref } from "@/router/href";
import { useCanManage } from "@/session/session";
import { Chip, OutcomeChip } from "@/ui/badges";
import { Card, Cards } from "@/ui/Card";
import { CopyCode } from "@/ui/CopyCode";
import { EmptyState } from "@/ui/EmptyState";
import { formatBytes } from "@/ui/format";
import { Num, When } from "@/ui/Num";
import { PageHeader } from "@/ui/PageHeader";
import { type Column, QueryTable } from "@/ui/QueryTable";
import { Stack } from "@/ui/Stack";
import { saveRows } from "@/ui/saveRows";
import { system } from "@/words/system";
import { backupsVerdict, newest } from "./figures";
import { backupsQuery } from "./queries";
import classes from "./System.module.css";
import { useAsk } from "./useRun";

const words = system.backups;
type Backup = Schema["Backup"];

/** Could we get our data back, and how? */
export function BackupsPage() {
  const query = useQuery(backupsQuery);
  const manages = useCanManage()("system.manage");
  const { data } = query;
  const off = data?.folder === null;
  return (
    <>
      <PageHeader
        title={words.title}
        verdict={data && backupsVerdict(data, Date.now())}
        facts={data && !off ? <Facts backups={data} /> : undefined}
        actions={manages && data && !off ? <TakeOne /> : undefined}
      />
      <Stack>
        {off ? (
          <NotSet />
        ) : (
          <QueryTable
            label={words.label}
            columns={columns}
            rows={data?.items}
            total={data?.items.length ?? null}
            rowKey={({ name }) => name}
            error={
              query.error && !data ? (
                <QueryError error={query.error} onRetry={() => void query.refetch()} />
              ) : undefined
            }
            csv={() => saveList(data?.items ?? [])}
            empty={
              <EmptyState kind="first" title={words.empty}>
                {words.emptyText}
              </EmptyState>
            }
          />
        )}
        {data && !off ? (
          <Cards>
            <Drill drill={data.last_drill} />
            <Restore backups={data} />
          </Cards>
        ) : null}
      </Stack>
    </>
  );
}

function Facts({ backups: { folder, keep, next_at } }: { backups: Schema["Backups"] }) {
  return (
    <>
      {folder ? <span className={classes.facts}>{words.facts.folder(folder)}</span> : null}
      <span>{words.facts.keep(keep)}</span>
      {next_at ? (
        <span>
          {words.facts.next} <When at={next_at} />
        </span>
      ) : null}
    </>
  );
}

function TakeOne() {
  const take = useAsk(words.take.job, words.take.asked, () =>
    request(() => api.POST("/api/v1/system/backups", { body: {} })),
  );
  return (
    <Button onClick={() => take.isPending || take.mutate(undefined)}>
      {take.isPending ? words.take.asking : words.take.now}
    </Button>
  );
}

const columns: Column<Backup>[] = [
  {
    key: "name",
    header: words.columns.name,
    cell: ({ name }) => <code className={classes.wrap}>{name}</code>,
  },
  {
    key: "state",
    header: words.columns.state,
    width: "34%",
    cell: (backup) => <BackupState backup={backup} />,
  },
  {
    key: "made",
    header: words.columns.made,
    width: "130px",
    cell: ({ created_at }) => <When at={created_at} />,
  },
  {
    key: "size",
    header: words.columns.size,
    align: "right",
    width: "110px",
    cell: ({ bytes }) => formatBytes(bytes),
  },
  {
    key: "rows",
    header: words.columns.rows,
    align: "right",
    width: "110px",
    cell: ({ rows }) => (rows === null ? "–" : <Num value={rows} />),
  },
];

function BackupState({ backup }: { backup: Backup }) {
  return (
    <span className={classes.lines}>
      <span>
        {backup.problem ? (
          <OutcomeChip outcome="failed">{words.broken}</OutcomeChip>
        ) : backup.verified_at ? (
          <OutcomeChip outcome="done">{words.verified}</OutcomeChip>
        ) : (
          <OutcomeChip outcome="plain">{words.unverified}</OutcomeChip>
        )}{" "}
        <Chip>{backup.encrypted ? words.encrypted : words.plain}</Chip>
      </span>
      {backup.problem ? <span className={classes.problem}>{backup.problem}</span> : null}
    </span>
  );
}

function Drill({ drill }: { drill: Schema["Backups"]["last_drill"] }) {
  const href = useHref();
  return (
    <Card
      span={4}
      title={words.drill.title}
      aside={
        <a href={href({ to: "/system/jobs/$name", params: { name: "restore-drill" } })}>
          {words.drill.runs}
        </a>
      }
    >
      {drill ? (
        <div className={classes.lines}>
          <span>
            <OutcomeChip outcome={drill.ok ? "done" : "failed"}>
              {drill.ok ? words.drill.ok : words.drill.failed}
            </OutcomeChip>{" "}
            <When at={drill.at} />
          </span>
          <p className={drill.ok ? classes.wrap : classes.problem}>{drill.message}</p>
        </div>
      ) : (
        <p className={classes.text}>{words.drill.none}</p>
      )}
    </Card>
  );
}

function Restore({ backups }: { backups: Schema["Backups"] }) {
  const last = newest(backups.items.filter(({ problem }) => problem === null));
  const file = `${backups.folder}/${last?.name ?? "FILE"}`;
  const key = last?.encrypted ? " --identity KEY_FILE" : "";
  return (
    <Card span={8} title={words.restore.title}>
      <p className={classes.text}>{words.restore.text}</p>
      <CopyCode
        label={words.restore.label}
        samples={[
          {
            key: "check",
            label: words.restore.check,
            code: `takehold restore ${quoted(file)} --check${key}`,
          },
          {
            key: "restore",
            label: words.restore.restore,
            code: `takehold restore ${quoted(file)}${key}`,
          },
        ]}
      />
    </Card>
  );
}

/** Folders may have spaces in them, and a shell would cut there. */
const quoted = (path: string) =>
  /^[\w./:-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;

function NotSet() {
  return (
    <Card title={words.off.title}>
      <p className={classes.text}>{words.off.text}</p>
      <CopyCode
        label={words.off.setting}
        samples={[
          {
            key: "toml",
            label: words.off.setting,
            code: '[backup]\nfolder = "/var/backups/takehold"',
          },
          {
            key: "environment",
            label: words.off.environment,
            code: "TAKEHOLD_BACKUP__FOLDER=/var/backups/takehold",
          },
        ]}
      />
    </Card>
  );
}

function saveList(items: readonly Backup[]): Promise<void> {
  return saveRows(
    "backups",
    ["name", "created_at", "bytes", "encrypted", "rows", "verified_at", "problem"],
    items.map((each) => [
      each.name,
      each.created_at,
      each.bytes,
      each.encrypted ? "yes" : "no",
      each.rows,
      each.verified_at,
      each.problem,
    ]),
  );
}
