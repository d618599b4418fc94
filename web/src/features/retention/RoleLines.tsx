import { Button } from "@mantine/core";
import { type Pooled, settlesAt } from "@/ui/charts/cohorts";
import type { HeatColumn } from "@/ui/charts/Heatmap";
import { Lines } from "@/ui/charts/Lines";
import type { Cell, ChartState } from "@/ui/charts/types";
import { stepAxis } from "@/ui/charts/xAxis";
import { formatExact, formatShare } from "@/ui/format";
import { definitions } from "@/words/definitions";
import { retention } from "@/words/retention";
import type { Step, Variant } from "./queries";

const words = retention.lines;

/** A share of fewer people is an anecdote. */
const least = 5;

export interface Course {
  name: string;
  pooled: readonly Pooled[];
}

interface RoleLinesProps {
  courses: readonly Course[];
  columns: readonly HeatColumn[];
  step: Step;
  variant: Variant;
  state: ChartState | undefined;
  /** Offered while no longer period has ended. */
  onDaily?: () => void;
}

/** One curve per role: where the loss stops, and for whom. */
export function RoleLines({ courses, columns, step, variant, state, onDaily }: RoleLinesProps) {
  const [only] = courses;
  const titles = columns.map((column) => column.title ?? column.label);
  // Ranges differ in length, and "then or later" can only fall towards today.
  const marked = variant === "n_day";
  const lines = courses.map((course) => {
    const end = marked ? settlesAt(course.pooled) : undefined;
    const note = end && words.settles(course.name, end.share, titles[end.at] ?? "");
    return { ...course, landmark: end && note ? { at: end.at, note } : undefined };
  });
  const notes = lines.flatMap(({ landmark }) => (landmark ? [`◆ ${landmark.note}.`] : []));
  return (
    <Lines
      title={courses.length === 1 && only ? words.one(only.name) : words.title}
      summary={[words.summary(step), ...notes].join(" ")}
      definition={variant}
      rule={marked ? `${definitions[variant]} ${words.settledRule(step)}` : undefined}
      state={state}
      as="share"
      gap={words.gap}
      controls={
        onDaily && (
          <Button variant="subtle" size="xs" onClick={onDaily}>
            {retention.early.daily}
          </Button>
        )
      }
      axis={stepAxis(
        `${step} ${variant}`,
        titles,
        columns.map((column) => column.label),
      )}
      series={lines.map(({ name, pooled, landmark }) => ({
        name,
        landmark,
        values: pooled.map((column) => (column.eligible < least ? null : column.share)),
        detail: (at) => {
          const column = pooled[at];
          return column && column.eligible >= least
            ? words.of(formatExact(column.retained), formatExact(column.eligible))
            : undefined;
        },
      }))}
      table={{
        caption: words.title,
        columns: [
          { label: words.period },
          ...courses.map(({ name }) => ({ label: name, numeric: true })),
        ],
        rows: columns.map((column, at): Cell[] => [
          column.title ?? column.label,
          ...courses.map(({ pooled }): Cell => {
            const { share = null, eligible = 0 } = pooled[at] ?? {};
            return share === null || eligible < least
              ? ""
              : { value: share, text: formatShare(share) };
          }),
        ]),
      }}
    />
  );
}
