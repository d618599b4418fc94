import { useSearch } from "@tanstack/react-router";
import type { Schema } from "@/api/client";
import { type Period, type PeriodSearch, periodSearch, resolvePeriod } from "@/router/search";
import { usePeriod } from "@/router/usePeriod";
import { addDays, addMonths, type Day } from "@/ui/day";
import type { PeriodPickerProps } from "@/ui/PeriodPicker";

/** What of an app decides on its usual span. */
type Lived = Pick<Schema["App"], "rhythm" | "first_seen">;

/** At least four of the app's rhythms: a yearly app says nothing in 90 days. */
function usualSpan(app: Lived | undefined, today: Day): PeriodSearch {
  const rhythm = app?.rhythm;
  if (rhythm === "month" || rhythm === "quarter") return { range: "12m" };
  if (rhythm === "year") {
    // Not before there was anything to see.
    const [, from] = [
      addDays(addMonths(today, -48), 1),
      app?.first_seen?.slice(0, 10) ?? "",
    ].sort();
    return { from, to: today };
  }
  return {};
}

/** The period of the address; without one, the span that fits the rhythm of the app. */
export function appPeriod(search: PeriodSearch, app: Lived | undefined, today: Day): Period {
  const chosen = search.range !== undefined || search.from !== undefined;
  return resolvePeriod(chosen ? search : { ...search, ...usualSpan(app, today) }, today);
}

/** As `usePeriod`, for the pages of one app. */
export function useAppPeriod(app: Lived | undefined): {
  period: Period;
  today: Day;
  picker: PeriodPickerProps;
} {
  const { today, picker } = usePeriod();
  const search = periodSearch(useSearch({ strict: false }) as Record<string, unknown>);
  const period = appPeriod(search, app, today);
  const step = (by: 1 | -1) =>
    picker.onDays(addDays(period.from, by * period.days), addDays(period.to, by * period.days));
  const slow = Object.keys(usualSpan(app, today)).length > 0;
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
