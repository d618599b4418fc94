import { ActionIcon, Button, NativeSelect, TextInput } from "@mantine/core";
import { IconDownload, IconSearch, IconX } from "@tabler/icons-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { ui } from "@/words/ui";
import type { Column, QueryTableProps } from "./QueryTable";
import classes from "./QueryTable.module.css";
import { Tip } from "./Tip";

interface TableToolsProps<Row> {
  search?: QueryTableProps<Row>["search"];
  filters?: ReactNode;
  csv?: () => Promise<void>;
  sort?: string;
  onSort?: (sort: string) => void;
  columns: readonly Column<Row>[];
}

export function TableTools<Row>({
  search,
  filters,
  csv,
  sort,
  onSort,
  columns,
}: TableToolsProps<Row>) {
  const sortable = columns.filter((column) => column.sort);
  if (!search && !filters && !csv && sortable.length === 0) return null;
  return (
    <div className={classes.tools} data-noprint>
      {search ? <SearchField {...search} /> : null}
      <div className={classes.filters}>{filters}</div>
      {onSort && sortable.length > 0 ? (
        <NativeSelect
          className={classes.phoneSort}
          size="xs"
          aria-label={ui.table.sortLabel}
          value={sort ?? ""}
          onChange={(event) => onSort(event.currentTarget.value)}
          data={sortable.flatMap((column) => {
            const name = column.name ?? String(column.header);
            return [
              { value: column.sort ?? "", label: `${name}, ${ui.table.ascending}` },
              { value: `-${column.sort}`, label: `${name}, ${ui.table.descending}` },
            ];
          })}
        />
      ) : null}
      {csv ? <CsvButton csv={csv} /> : null}
    </div>
  );
}

/** Typing asks the server after a short rest, and replaces the address rather than piling it up. */
function SearchField({
  value,
  onChange,
  placeholder,
}: NonNullable<QueryTableProps<never>["search"]>) {
  const [text, setText] = useState(value);
  const sent = useRef(value);
  useEffect(() => {
    // The address changed by other means, say by going back.
    if (value !== sent.current) {
      sent.current = value;
      setText(value);
    }
  }, [value]);
  useEffect(() => {
    if (text === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = text;
      onChange(text);
    }, 200);
    return () => clearTimeout(timer);
  }, [text, onChange]);
  return (
    <TextInput
      className={classes.search}
      size="xs"
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      placeholder={placeholder}
      aria-label={placeholder}
      leftSection={<IconSearch size={16} stroke={1.5} aria-hidden="true" />}
      rightSection={
        text ? (
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={ui.table.clearSearch}
            onClick={() => setText("")}
          >
            <IconX size={14} stroke={1.5} />
          </ActionIcon>
        ) : null
      }
    />
  );
}

export function CsvButton({ csv }: { csv: () => Promise<void> }) {
  const [running, setRunning] = useState(false);
  const run = () => {
    if (running) return;
    setRunning(true);
    csv().finally(() => setRunning(false));
  };
  return (
    <Tip label={ui.table.csvTip}>
      <Button
        variant="default"
        size="xs"
        className={classes.csv}
        leftSection={<IconDownload size={16} stroke={1.5} aria-hidden="true" />}
        onClick={run}
      >
        {running ? ui.table.csvRunning : ui.table.csv}
      </Button>
    </Tip>
  );
}
