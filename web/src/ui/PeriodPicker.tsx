import { ActionIcon, Button, Menu, Popover, TextInput } from "@mantine/core";
import { IconCalendar, IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { ui } from "@/words/ui";
import { useKey } from "./keys";
import classes from "./PeriodPicker.module.css";

type RangeKey = keyof typeof ui.period.ranges;
type CompareKey = keyof typeof ui.period.compares;

/** The resolved period plus the moves; pages get it from `usePeriod()` of the router. */
export interface PeriodPickerProps {
  range: RangeKey;
  from: string;
  to: string;
  label: string;
  compare: CompareKey;
  earlierLabel: string | null;
  /** The workspace's today: nothing later can be asked for. */
  today: string;
  onRange: (range: Exclude<RangeKey, "custom">) => void;
  onDays: (from: string, to: string) => void;
  onCompare: (compare: CompareKey) => void;
  onStep: (step: 1 | -1) => void;
  /** Left out on pages that compare nothing. */
  comparable?: boolean;
}

const RANGE_KEYS = ["7d", "28d", "90d", "12m", "month"] as const;
const COMPARE_KEYS = ["previous", "year", "none"] as const;

/** ←/→ step the period, `c` toggles the comparison. */
export function PeriodPicker(props: PeriodPickerProps) {
  const { range, label, to, today, compare, comparable = true } = props;
  const atEnd = to >= today;
  useKey("ArrowLeft", () => props.onStep(-1));
  useKey("ArrowRight", () => !atEnd && props.onStep(1));
  useKey("c", () => comparable && props.onCompare(compare === "none" ? "previous" : "none"));
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would frame these buttons as a form
    <div className={classes.picker} role="group" aria-label={ui.period.label}>
      <ActionIcon
        variant="default"
        size={30}
        aria-label={ui.period.earlier}
        onClick={() => props.onStep(-1)}
      >
        <IconChevronLeft size={16} stroke={1.5} />
      </ActionIcon>
      <PeriodMenu {...props} />
      <ActionIcon
        variant="default"
        size={30}
        aria-label={ui.period.later}
        disabled={atEnd}
        onClick={() => props.onStep(1)}
      >
        <IconChevronRight size={16} stroke={1.5} />
      </ActionIcon>
      {comparable ? (
        <Menu position="bottom-end" shadow="none">
          <Menu.Target>
            <Button variant="subtle" size="xs" color="gray">
              {props.earlierLabel ? `vs ${props.earlierLabel}` : ui.period.compares.none}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {COMPARE_KEYS.map((key) => (
              <Menu.Item
                key={key}
                aria-current={key === compare}
                onClick={() => props.onCompare(key)}
              >
                {ui.period.compares[key]}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      ) : null}
      <span className={classes.srOnly} aria-live="polite">
        {ui.period.ranges[range]}, {label}
      </span>
    </div>
  );
}

function PeriodMenu(props: PeriodPickerProps) {
  const [open, setOpen] = useState(false);
  const choose = (act: () => void) => {
    act();
    setOpen(false);
  };
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-start" trapFocus returnFocus>
      <Popover.Target>
        <Button
          variant="default"
          size="xs"
          onClick={() => setOpen(!open)}
          leftSection={<IconCalendar size={16} stroke={1.5} aria-hidden="true" />}
        >
          <span className={classes.range}>{ui.period.ranges[props.range]}</span>
          <span className={classes.days}>{props.label}</span>
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={ui.period.label}>
        <div className={classes.choices}>
          {RANGE_KEYS.map((key) => (
            <Button
              key={key}
              variant={key === props.range ? "light" : "subtle"}
              color={key === props.range ? undefined : "gray"}
              size="xs"
              justify="flex-start"
              aria-current={key === props.range}
              onClick={() => choose(() => props.onRange(key))}
            >
              {ui.period.ranges[key]}
            </Button>
          ))}
        </div>
        <CustomDays {...props} onDays={(from, to) => choose(() => props.onDays(from, to))} />
      </Popover.Dropdown>
    </Popover>
  );
}

function CustomDays({ from, to, today, onDays }: PeriodPickerProps) {
  const [first, setFirst] = useState(from);
  const [last, setLast] = useState(to);
  const [wrong, setWrong] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!first || !last || first > last) return setWrong(true);
    onDays(first, last);
  };
  return (
    <form className={classes.custom} onSubmit={submit}>
      <TextInput
        type="date"
        size="xs"
        label={ui.period.from}
        value={first}
        max={today}
        onChange={(event) => setFirst(event.currentTarget.value)}
      />
      <TextInput
        type="date"
        size="xs"
        label={ui.period.to}
        value={last}
        max={today}
        error={wrong ? ui.period.wrongOrder : undefined}
        onChange={(event) => setLast(event.currentTarget.value)}
      />
      <Button type="submit" size="xs" variant="default">
        {ui.period.apply}
      </Button>
    </form>
  );
}
