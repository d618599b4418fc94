import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Schema } from "@/api/client";
import { QueryError } from "@/api/QueryError";
import { OutcomeChip } from "@/ui/badges";
import { CopyCode } from "@/ui/CopyCode";
import { EmptyState } from "@/ui/EmptyState";
import { PageHeader } from "@/ui/PageHeader";
import { type Column, QueryTable } from "@/ui/QueryTable";
import { Stack } from "@/ui/Stack";
import { saveRows } from "@/ui/saveRows";
import { system } from "@/words/system";
import { healthVerdict } from "./figures";
import { healthQuery } from "./queries";
import classes from "./System.module.css";

const words = system.health;
type Check = Schema["Check"];

/** Is the installation well, and if not, what helps? */
export function HealthPage() {
  const query = useQuery(healthQuery);
  const { data } = query;
  // What is to be done stands first.
  const checks = data && [...data.checks].sort((one, other) => Number(one.ok) - Number(other.ok));
  return (
    <>
      <PageHeader
        title={words.title}
        verdict={data && healthVerdict(data)}
        actions={
          <Button variant="default" onClick={() => void query.refetch()}>
            {query.isFetching ? words.checking : words.again}
          </Button>
        }
      />
      <Stack>
        <QueryTable
          label={words.label}
          columns={columnsOf(data?.checks ?? [])}
          rows={checks}
          total={checks?.length ?? null}
          rowKey={({ name }) => name}
          error={
            query.error && !data ? (
              <QueryError error={query.error} onRetry={() => void query.refetch()} />
            ) : undefined
          }
          csv={() =>
            saveRows(
              "health",
              ["check", "ok", "found", "remedy"],
              (checks ?? []).map(({ name, ok, found, remedy }) => [
                name,
                ok ? "yes" : "no",
                found,
                remedy,
              ]),
            )
          }
          empty={<EmptyState kind="first" title={words.empty} />}
        />
        <div>
          <p className={classes.text}>{words.cli}</p>
          <CopyCode
            label={words.title}
            samples={[{ key: "doctor", label: "Shell", code: "takehold doctor" }]}
          />
        </div>
      </Stack>
    </>
  );
}

/** What to do is asked only where something is. */
const columnsOf = (checks: readonly Check[]): Column<Check>[] =>
  checks.some(({ remedy }) => remedy) ? [...seen, remedy] : seen;

const remedy: Column<Check> = {
  key: "remedy",
  header: words.columns.remedy,
  width: "38%",
  cell: (check) => <span className={classes.wrap}>{check.remedy ?? words.nothing}</span>,
};

const seen: Column<Check>[] = [
  {
    key: "name",
    header: words.columns.name,
    cell: ({ name }) => (name[0]?.toUpperCase() ?? "") + name.slice(1),
  },
  {
    key: "state",
    header: words.columns.state,
    width: "110px",
    cell: ({ ok }) => (
      <OutcomeChip outcome={ok ? "done" : "failed"}>{ok ? words.ok : words.bad}</OutcomeChip>
    ),
  },
  {
    key: "found",
    header: words.columns.found,
    width: "42%",
    cell: ({ found }) => <span className={classes.wrap}>{found}</span>,
  },
];
