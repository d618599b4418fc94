import { useNavigate, useSearch } from "@tanstack/react-router";
import { useToday } from "@/session/session";
import type { PeriodPickerProps } from "@/ui/PeriodPicker";
import { type Period, type PeriodSearch, periodSearch, resolvePeriod, stepPeriod } from "./search";

/** The period of the address, and the props that make `PeriodPicker` change it. */
export function usePeriod(): { period: Period; today: string; picker: PeriodPickerProps } {
  const today = useToday();
  const search = periodSearch(useSearch({ strict: false }) as Record<string, unknown>);
  const navigate = useNavigate();
  const period = resolvePeriod(search, today);
  const go = (change: PeriodSearch) =>
    void navigate({
      to: ".",
      search: (old: Record<string, unknown>) => ({ ...old, ...change }),
    });
  return {
    period,
    today,
    picker: {
      range: period.range,
      from: period.from,
      to: period.to,
      label: period.label,
      compare: period.compare,
      earlierLabel: period.earlier?.label ?? null,
      today,
      onRange: (range) => go({ range, from: undefined, to: undefined }),
      onDays: (from, to) => go({ from, to, range: undefined }),
      onCompare: (compare) => go({ compare }),
      onStep: (step) =>
        go({
          range: undefined,
          from: undefined,
          to: undefined,
          ...stepPeriod(period, today, step),
        }),
    },
  };
}
