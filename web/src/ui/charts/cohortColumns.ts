import { retention } from "@/words/retention";
import type { PeriodKind } from "../format";
import type { HeatColumn } from "./Heatmap";

const words = retention.column;

/** Ranges that read well, as the server takes them. */
export const brackets = {
  day: "0-0,1-3,4-7,8-14,15-28",
  week: "0-0,1-2,3-4,5-8,9-12",
  month: "0-0,1-1,2-3,4-6,7-12",
} as const satisfies Record<PeriodKind, string>;

/** Columns of single periods since the beginning, 0 to `last`. */
export function stepColumns(
  step: PeriodKind,
  variant: "n_day" | "unbounded",
  last: number,
): HeatColumn[] {
  return Array.from({ length: last + 1 }, (_, at) => ({
    key: String(at),
    label: String(at),
    title: words[variant](step, String(at)),
  }));
}

export function bracketColumns(step: PeriodKind): HeatColumn[] {
  return brackets[step].split(",").map((range) => {
    const [first = "", last = ""] = range.split("-");
    return {
      key: range,
      label: first === last ? first : `${first}–${last}`,
      title: words.bracket(step, first, last),
    };
  });
}
