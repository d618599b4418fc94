import { Button, TextInput } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useCallback } from "react";
import type { AuditEntry, AuditState } from "@/api/access";
import { downloadCsv } from "@/api/client";
import { tableState } from "@/api/lists";
import { useWorkspaces } from "@/session/session";
import { OutcomeChip } from "@/ui/badges";
import { CopyCode } from "@/ui/CopyCode";
import { EmptyState } from "@/ui/EmptyState";
import { FilterBar } from "@/ui/FilterBar";
import { When } from "@/ui/Num";
import { PageHeader } from "@/ui/PageHeader";
import { type Column, QueryTable } from "@/ui/QueryTable";
import { Stack } from "@/ui/Stack";
import { audit as words } from "@/words/audit";
import classes from "./Audit.module.css";
import { differencesOf } from "./differences";
import { type AuditSearch, auditQuery, auditSearch, auditStateQuery } from "./queries";

/** Who changed what, and is the record whole? */
export function AuditPage() {
  const search = useSearch({ from: "/_framed/system/audit" });
  const navigate = useNavigate({ from: "/system/audit" });
  const workspaces = useWorkspaces();
  const query = useInfiniteQuery(auditQuery(search));
  const state = useQuery(auditStateQuery);
  const set = useCallback(
    (change: Partial<AuditSearch>, replace = false) =>
      void navigate({ search: (old) => ({ ...old, ...change }), replace }),
    [navigate],
  );
  const onSearch = useCallback((q: string) => set({ q: q || undefined }, true), [set]);
  const filtered = Object.values(search).some((value) => value !== undefined);
  return (
    <>
      <PageHeader
        title={words.title}
        keepLines
        verdict={state.data && chainWords(state.data)}
        facts={state.data ? <Facts state={state.data} /> : undefined}
      />
      <Stack>
        <QueryTable
          label={words.label}
          columns={columns((actor) => set({ actor }))}
          rowKey={({ id }) => String(id)}
          search={{ value: search.q ?? "", onChange: onSearch, placeholder: words.search }}
          filters={
            <div className={classes.filters}>
              <Days search={search} onChange={set} />
              <FilterBar
                filters={[
                  {
                    key: "action",
                    label: words.filters.action,
                    options: Object.entries({
                      ...words.families,
                      // One that the address names need not stand in the menu of kinds.
                      ...(search.action && !words.families[search.action]
                        ? { [search.action]: words.actions[search.action] ?? search.action }
                        : {}),
                    }).map(([value, label]) => ({ value, label })),
                    values: search.action ? [search.action] : [],
                  },
                  {
                    key: "actor",
                    label: words.filters.actor,
                    options: [],
                    values: search.actor ? [search.actor] : [],
                  },
                  {
                    key: "workspace",
                    label: words.filters.workspace,
                    options: workspaces.map(({ slug, name }) => ({ value: slug, label: name })),
                    values: search.workspace ? [search.workspace] : [],
                  },
                ]}
                onChange={(key, values) => set(auditSearch({ ...search, [key]: values.at(-1) }))}
              />
            </div>
          }
          csv={() => downloadCsv("/api/v1/audit", { ...search }, "audit.csv")}
          {...tableState(query)}
          empty={
            <EmptyState
              kind={filtered ? "no-match" : "first"}
              title={filtered ? words.noMatch : words.empty}
              action={
                filtered ? (
                  <Button variant="default" onClick={() => void navigate({ search: {} })}>
                    {words.clear}
                  </Button>
                ) : undefined
              }
            >
              {filtered ? words.noMatchText : words.emptyText}
            </EmptyState>
          }
        />
        <div className={classes.check}>
          <p>{words.chain.check}</p>
          <CopyCode
            label={words.chain.check}
            samples={[{ key: "verify", label: "takehold", code: "takehold audit verify" }]}
          />
        </div>
      </Stack>
    </>
  );
}

function chainWords({ rows, verified_through: through, problem }: AuditState): ReactNode {
  if (problem) return <span className={classes.problem}>✕ {words.chain.broken(problem)}</span>;
  if (through === null) return words.chain.never(rows);
  return through >= rows ? words.chain.whole(rows) : words.chain.checked(rows, through);
}

function Facts({ state: { head, verified_at, syslog } }: { state: AuditState }) {
  return (
    <>
      <span className={classes.seal}>
        {words.chain.head}: <code>{head.slice(0, 16)}</code>
      </span>
      {verified_at ? (
        <span>
          {words.chain.at} <When at={verified_at} />
        </span>
      ) : null}
      {syslog ? (
        <span className={syslog.problem ? classes.problem : undefined}>
          {syslog.problem
            ? words.chain.waiting(syslog.problem)
            : words.chain.syslog(syslog.sent_through)}
        </span>
      ) : null}
    </>
  );
}

interface DaysProps {
  search: AuditSearch;
  onChange: (change: Partial<AuditSearch>) => void;
}

function Days({ search, onChange }: DaysProps) {
  return (
    <div className={classes.days}>
      {(["from", "to"] as const).map((key) => (
        <span key={key} className={classes.day}>
          <span aria-hidden="true">{words.filters[key]}</span>
          <TextInput
            type="date"
            size="xs"
            aria-label={words.filters[key]}
            value={search[key] ?? ""}
            onChange={(event) => onChange({ [key]: event.currentTarget.value || undefined })}
          />
        </span>
      ))}
    </div>
  );
}

function columns(onActor: (actor: string) => void): Column<AuditEntry>[] {
  return [
    {
      key: "at",
      header: words.columns.at,
      width: "110px",
      cell: ({ at }) => <When at={at} />,
    },
    {
      key: "actor",
      header: words.columns.actor,
      width: "210px",
      cell: ({ actor, actor_kind }) =>
        actor && actor_kind !== "system" ? (
          <span className={classes.lines}>
            <button
              type="button"
              className={classes.actor}
              title={words.onlyBy(actor)}
              onClick={() => onActor(actor)}
            >
              {actor}
            </button>
            {actor_kind === "user" ? null : (
              <span className={classes.sub}>{words.kinds[actor_kind] ?? actor_kind}</span>
            )}
          </span>
        ) : (
          (words.kinds[actor_kind] ?? actor_kind)
        ),
    },
    {
      key: "did",
      header: words.columns.did,
      width: "210px",
      cell: ({ action }) =>
        action === "session.refused" ? (
          <OutcomeChip outcome="failed">{words.actions[action] ?? action}</OutcomeChip>
        ) : (
          (words.actions[action] ?? action)
        ),
    },
    {
      key: "target",
      header: words.columns.target,
      width: "190px",
      cell: ({ target }) => <bdi className={classes.wrap}>{target || words.none}</bdi>,
    },
    {
      key: "details",
      header: words.columns.details,
      cell: (entry) => <Details entry={entry} />,
    },
  ];
}

/** What differs, then where it came from. */
function Details({ entry }: { entry: AuditEntry }) {
  const differences = differencesOf(entry.detail);
  return (
    <div className={classes.details}>
      <div className={classes.differences}>
        {differences.map(({ name, before, after }) => (
          <div key={name} className={classes.difference}>
            <span className={classes.sub}>{name}</span>{" "}
            {before === undefined ? null : (
              <>
                <del className={classes.before}>{before}</del>{" "}
                <span aria-hidden="true" className={classes.sub}>
                  →
                </span>{" "}
              </>
            )}
            <ins className={classes.after}>{after}</ins>
          </div>
        ))}
      </div>
      <details className={classes.more}>
        <summary>{words.more}</summary>
        <dl>
          <dt>{words.entry(entry.id)}</dt>
          <dd>
            <code>{entry.action}</code>
          </dd>
          {entry.address ? (
            <>
              <dt>{words.address}</dt>
              <dd>
                <code>{entry.address}</code>
              </dd>
            </>
          ) : null}
          {entry.request_id ? (
            <>
              <dt>{words.request}</dt>
              <dd>
                <code>{entry.request_id}</code>
              </dd>
            </>
          ) : null}
          {entry.workspace ? (
            <>
              <dt>{words.workspace}</dt>
              <dd>{entry.workspace}</dd>
            </>
          ) : null}
        </dl>
      </details>
    </div>
  );
}
