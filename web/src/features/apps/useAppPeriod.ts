import { useSearch } from "@tanstack/react-router";
import { type Period, type PeriodSearch, periodSearch, resolvePeriod } from "@/router/search";
import { usePeriod } from "@/router/usePeriod";
import { addDays, addMonths, type Day } from "@/ui/day";
import type { PeriodPickerProps } from "@/ui/PeriodPicker";
import type { Rhythm } from "./queries";

/** At least four of the app's rhythms: a yearly app says nothing in 90 days. */
function usualSpan(rhythm: Rhythm, today: Day): PeriodSearch {
  if (rhythm === "month" || rhythm === "quarter") return { range: "12m" };
  if (rhythm === "year") return { from: addDays(addMonths(today, -48), 1), to: today };
  return {};
}

/** The period of the address; without one, the span that fits the rhythm of the app. */
export function appPeriod(search: PeriodSearch, rhythm: Rhythm, today: Day): Period {
  const chosen = search.range !== undefined || search.from !== undefined;
  return resolvePeriod(chosen ? search : { ...search, ...usualSpan(rhythm, today) }, today);
}

/** As `usePeriod`, for the pages of one app. */
export function useAppPeriod(rhythm: Rhythm): {
  period: Period;
  today: Day;
  picker: PeriodPickerProps;
} {
  const { today, picker } = usePeriod();
  const search = periodSearch(useSearch({ strict: false }) as Record<string, unknown>);
  const period = appPeriod(search, rhythm, today);
  const step = (by: 1 | -1) =>
    picker.onDays(addDays(period.from, by * period.days), addDays(period.to, by * period.days));
  const slow = Object.keys(usualSpan(rhythm, today)).length > 0;
  const own = slow && search.range === undefined && search.from === undefined;
  return {
    period,
    today,
    picker: {
      ...picker,
      range: period.range,
      from: period.from,
      to: period.to,
      label: period.label,
      earlierLabel: period.earlier?.label ?? null,
      // The usual 90 days leave no trace in the address, where this app reads another span.
      onRange: (range) =>
        slow && range === "90d" ? picker.onDays(addDays(today, -89), today) : picker.onRange(range),
      onStep: own ? step : picker.onStep,
    },
  };
}
