import { charts as words } from "@/words/charts";
import { addDays, type Day, daysBetween, startOfWeek, weekday } from "../day";
import { formatDay, formatMonthShort, formatWeekday } from "../format";
import { ChartFrame } from "./ChartFrame";
import { ChartGroup } from "./ChartGroup";
import { clamp, heatStep } from "./plot";
import { Tooltip } from "./Tooltip";
import type { FrameProps } from "./types";
import { usePoint } from "./usePoint";
import { useWidth } from "./useSize";

interface CalendarProps extends FrameProps {
  from: Day;
  to: Day;
  /** Count by day; a day that is not named had none. */
  values: ReadonlyMap<Day, number>;
  /** What is counted: "12 events". */
  counted: (count: number) => string;
  onOpen?: (day: Day) => void;
}

const left = 34;
const top = 20;

/** Weeks side by side, Monday at the top: regularity is what it shows. */
export function Calendar({ from, to, values, counted, onOpen, ...frame }: CalendarProps) {
  return (
    <ChartFrame {...frame} height={frame.height ?? 168}>
      <Weeks from={from} to={to} values={values} counted={counted} onOpen={onOpen} />
    </ChartFrame>
  );
}

type WeeksProps = Pick<CalendarProps, "from" | "to" | "values" | "counted" | "onOpen">;

function Weeks({ from, to, values, counted, onOpen }: WeeksProps) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const start = startOfWeek(from);
  const weeks = Math.floor(daysBetween(start, to) / 7) + 1;
  const fitting = (width - left) / weeks;
  // A phone shows the newest weeks that fit at a size a finger and an eye can tell apart.
  const size = clamp(fitting, 12, 21);
  const shown = Math.min(weeks, Math.max(1, Math.floor((width - left) / size)));
  const first = addDays(start, (weeks - shown) * 7);
  const count = shown * 7;
  const height = top + size * 7 + 4;
  const peak = Math.max(1, ...values.values());
  const dayAt = (at: number) => addDays(first, at);
  const inside = (day: Day) => day >= from && day <= to;

  function content(at: number) {
    const day = dayAt(at);
    return {
      title: `${formatWeekday(day)} ${formatDay(day)}`,
      rows: [{ name: "", text: inside(day) ? counted(values.get(day) ?? 0) : words.outside }],
    };
  }

  const { active, foreign, handlers } = usePoint({
    frame,
    count,
    hit: (px, py) => ({
      at: clamp(
        clamp(Math.floor((px - left) / size), 0, shown - 1) * 7 +
          clamp(Math.floor((py - top) / size), 0, 6),
        0,
        count - 1,
      ),
      row: 0,
    }),
    keyOf: dayAt,
    describe: ({ at }) => {
      const { title, rows } = content(at);
      return `${title}: ${rows[0]?.text ?? ""}`;
    },
    stride: { x: 7, y: 1 },
    start: daysBetween(first, to),
    onOpen: onOpen && (({ at }) => onOpen(dayAt(at))),
  });
  const chosen = active ? dayAt(active.at) : foreign;

  return (
    <ChartGroup frame={frame} height={height} handlers={handlers} opens={onOpen !== undefined}>
      {width > 0 && (
        <svg width={width} height={height} aria-hidden="true" data-chart>
          {[0, 2, 4].map((row) => (
            <text key={row} y={top + (row + 0.5) * size} dy="0.35em">
              {formatWeekday(addDays(first, row))}
            </text>
          ))}
          {monthStarts(first, shown).map(({ week, day }) => (
            <text key={day} x={left + week * size} y={12}>
              {formatMonthShort(day)}
            </text>
          ))}
          {Array.from({ length: count }, (_, at) => dayAt(at))
            .filter(inside)
            .map((day) => {
              const value = values.get(day) ?? 0;
              const at = daysBetween(first, day);
              return (
                <rect
                  key={day}
                  x={left + Math.floor(at / 7) * size + 1}
                  y={top + weekday(day) * size + 1}
                  width={size - 2}
                  height={size - 2}
                  rx={2}
                  fill={value === 0 ? "var(--th-sunken)" : `var(--th-heat-${step(value, peak)})`}
                  stroke={day === chosen ? "var(--th-ink)" : "none"}
                  strokeWidth={1.5}
                />
              );
            })}
        </svg>
      )}
      {active && width > 0 && (
        <Tooltip
          content={content(active.at)}
          x={left + Math.floor(active.at / 7) * size}
          width={width}
        />
      )}
    </ChartGroup>
  );
}

/** The faintest steps are kept for nothing at all: one event must be seen. */
function step(value: number, peak: number): number {
  return clamp(heatStep(value / peak), 2, 6);
}

/** Months are named over the first whole week in them, where two names do not touch. */
function monthStarts(first: Day, weeks: number): { week: number; day: Day }[] {
  const starts: { week: number; day: Day }[] = [];
  for (let week = 0; week < weeks; week += 1) {
    const day = addDays(first, week * 7);
    const turned = week === 0 || day.slice(5, 7) !== addDays(day, -7).slice(5, 7);
    if (turned && week - (starts.at(-1)?.week ?? -3) >= 3) starts.push({ week, day });
  }
  return starts;
}
