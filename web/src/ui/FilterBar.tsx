import { Button, Menu, UnstyledButton } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useRef } from "react";
import { ui } from "@/words/ui";
import classes from "./FilterBar.module.css";
import { useKey } from "./keys";
import { Tip } from "./Tip";

export interface FilterOption {
  value: string;
  label: string;
}

export interface Filter {
  /** The search parameter: `app`, `account`, `role`. */
  key: string;
  /** Empty where the value says all. */
  label: string;
  options: readonly FilterOption[];
  values: readonly string[];
  /** False: the chip stays, struck through, since this page cannot use it. */
  applies?: boolean;
}

interface FilterBarProps {
  filters: readonly Filter[];
  onChange: (key: string, values: string[]) => void;
  /** For options that are fetched only when the menu opens. */
  onOpen?: () => void;
}

/** Chips in one row. What is set is visible; what could be set is one menu away (`f`). */
export function FilterBar({ filters, onChange, onOpen }: FilterBarProps) {
  const opener = useRef<HTMLButtonElement>(null);
  useKey("f", () => opener.current?.click());
  const set = filters.flatMap((filter) => filter.values.map((value) => ({ filter, value })));
  const addable = filters.filter((filter) => filter.applies !== false && filter.options.length > 0);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would frame single buttons as a form
    <div className={classes.bar} role="group" aria-label={ui.filters.group}>
      {set.map(({ filter, value }) => (
        <FilterChip
          key={`${filter.key}=${value}`}
          filter={filter}
          value={value}
          onRemove={() =>
            onChange(
              filter.key,
              filter.values.filter((each) => each !== value),
            )
          }
        />
      ))}
      {addable.length > 0 ? (
        <Menu position="bottom-start" shadow="none" withinPortal onOpen={onOpen}>
          <Menu.Target>
            <Button
              ref={opener}
              variant="subtle"
              size="xs"
              leftSection={<IconPlus size={14} stroke={1.5} aria-hidden="true" />}
            >
              {ui.filters.add}
            </Button>
          </Menu.Target>
          <Menu.Dropdown className={classes.menu}>
            {addable.map((filter) => (
              <FilterChoices key={filter.key} filter={filter} onChange={onChange} />
            ))}
          </Menu.Dropdown>
        </Menu>
      ) : null}
      {set.length > 0 ? (
        <Button
          variant="subtle"
          color="gray"
          size="xs"
          onClick={() => {
            for (const filter of filters) if (filter.values.length > 0) onChange(filter.key, []);
          }}
        >
          {ui.filters.clear}
        </Button>
      ) : null}
    </div>
  );
}

function FilterChoices({
  filter,
  onChange,
}: {
  filter: Filter;
  onChange: FilterBarProps["onChange"];
}) {
  return (
    <>
      <Menu.Label>{filter.label}</Menu.Label>
      {filter.options.map((option) => (
        <Menu.Item
          key={option.value}
          disabled={filter.values.includes(option.value)}
          onClick={() => onChange(filter.key, [...filter.values, option.value])}
        >
          {option.label}
        </Menu.Item>
      ))}
    </>
  );
}

interface FilterChipProps {
  filter: Filter;
  value: string;
  onRemove: () => void;
}

function FilterChip({ filter, value, onRemove }: FilterChipProps) {
  const label = filter.options.find((option) => option.value === value)?.label ?? value;
  const used = filter.applies !== false;
  const chip = (
    <span className={classes.chip} data-used={used}>
      <span className={classes.text}>
        {filter.label ? `${filter.label}: ` : ""}
        <strong>{label}</strong>
      </span>
      <UnstyledButton
        className={classes.remove}
        aria-label={ui.filters.remove(filter.label ? `${filter.label}: ${label}` : label)}
        onClick={onRemove}
      >
        <IconX size={14} stroke={1.5} aria-hidden="true" />
      </UnstyledButton>
    </span>
  );
  return used ? chip : <Tip label={ui.filters.notUsed}>{chip}</Tip>;
}
