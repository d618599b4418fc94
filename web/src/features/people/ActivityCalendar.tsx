import { useQuery } from "@tanstack/react-query";
import { wordError } from "@/api/errors";
import { useToday } from "@/session/session";
import { Calendar } from "@/ui/charts/Calendar";
import { addDays, type Day, startOfWeek } from "@/ui/day";
import { formatDay } from "@/ui/format";
import { people } from "@/words/people";
import { personActivityQuery } from "./queries";

const words = people.person.calendar;

/** 53 weeks, since regularity is the message and a year is the longest rhythm. */
export function calendarSpan(today: Day): { from: Day; to: Day } {
  return { from: addDays(startOfWeek(today), -52 * 7), to: today };
}

export function ActivityCalendar({ workspace, id }: { workspace: string; id: string }) {
  const { from, to } = calendarSpan(useToday());
  const query = useQuery(personActivityQuery(workspace, id, from, to));
  const days = (query.data?.days ?? []).filter(({ events }) => events > 0);
  const values = new Map(days.map(({ date, events }) => [date, events]));
  const retry = () => void query.refetch();
  return (
    <Calendar
      title={words.title}
      summary={words.summary(values.size, longestRun(values))}
      definition="active_days_28"
      from={from}
      to={to}
      values={values}
      counted={words.counted}
      table={{
        caption: words.title,
        columns: [{ label: words.day }, { label: words.events, numeric: true }],
        rows: days.map(({ date, events }) => [{ value: date, text: formatDay(date) }, events]),
      }}
      state={
        query.isPending
          ? { kind: "loading", retry }
          : query.error
            ? { kind: "error", message: wordError(query.error).title, retry }
            : values.size === 0
              ? { kind: "empty", message: words.empty }
              : undefined
      }
    />
  );
}

function longestRun(values: ReadonlyMap<Day, number>): number {
  let longest = 0;
  for (const day of values.keys()) {
    if (values.has(addDays(day, -1))) continue;
    let length = 1;
    while (values.has(addDays(day, length))) length += 1;
    longest = Math.max(longest, length);
  }
  return longest;
}
