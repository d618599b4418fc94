import type { Schema } from "@/api/client";
import type { XAxis } from "@/ui/charts/xAxis";
import { dayInZone } from "@/ui/day";
import { formatClockShort, formatDay, formatWeekday } from "@/ui/format";
import { system } from "@/words/system";

type Job = Schema["JobStatus"];

const DAY = 86_400_000;
const HOUR = 3_600_000;

/** Among other facts it is no sentence. */
export const scheduleOf = ({ schedule_text }: Job) => schedule_text.replace(/\.$/, "");

export const isFailing = (job: Job) => job.last?.state === "failed";

/** What failed floats up; the rest keeps the server's order, in which jobs build on each other. */
export function failedFirst(jobs: readonly Job[]): Job[] {
  return [...jobs].sort((one, other) => Number(isFailing(other)) - Number(isFailing(one)));
}

export function jobsVerdict({ items, leader }: Schema["JobOverview"]): string {
  const words = system.jobs.verdict;
  const failing = items.filter(isFailing).map(({ title }) => title);
  const said = failing.length > 0 ? words.failing(failing, items.length) : words.well(items.length);
  return leader ? said : `${words.nobody} ${failing.length > 0 ? said : ""}`.trim();
}

/** A night may fail without harm; from the third day on one would miss the data. */
const STALE_DAYS = 3;

export function newest(items: readonly Schema["Backup"][]): Schema["Backup"] | undefined {
  return [...items].sort((one, other) => (one.created_at < other.created_at ? 1 : -1))[0];
}

export function backupsVerdict(backups: Schema["Backups"], now: number): string {
  const words = system.backups.verdict;
  if (backups.folder === null) return words.off;
  const last = newest(backups.items);
  if (!last) return words.none;
  const days = Math.floor((now - Date.parse(last.created_at)) / DAY);
  const drill = backups.last_drill;
  const drilled = drill ? (drill.ok ? words.drilled : words.drillFailed) : words.undrilled;
  if (last.problem) return words.broken;
  if (days >= STALE_DAYS) return words.old(days) + drilled;
  return (last.verified_at ? words.fresh : words.unread) + drilled;
}

/** Less than this many days is time to act; more than ten years says nothing. */
const SOON_DAYS = 60;
export const MANY_DAYS = 3_650;

export function capacityVerdict({ disk, days_left, growth_per_day_bytes }: Schema["Capacity"]) {
  const words = system.capacity.verdict;
  if (!disk) return words.elsewhere;
  if (days_left === null || growth_per_day_bytes === null) return words.still;
  if (days_left > MANY_DAYS) return words.long(growth_per_day_bytes);
  return (days_left < SOON_DAYS ? words.soon : words.days)(days_left, growth_per_day_bytes);
}

/** Every hour of the last seven days, those without calls included. */
export function wholeWeek(ingest: readonly Schema["IngestHour"][], now: number) {
  const found = new Map(ingest.map((each) => [Math.floor(Date.parse(each.hour) / HOUR), each]));
  const last = Math.floor(now / HOUR);
  return Array.from({ length: 7 * 24 }, (_, at) => {
    const hour = last - 7 * 24 + 1 + at;
    const { accepted = 0, duplicate = 0, refused = 0 } = found.get(hour) ?? {};
    return { at: hour * HOUR, accepted, duplicate, refused };
  });
}

/** Hours of the reader's own zone, ticked at the start of days. */
export function hourAxis(hours: readonly number[]): XAxis {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const dayOf = (hour: number) => dayInZone(new Date(hour), timeZone);
  return {
    count: hours.length,
    key: (at) => String(hours[at] ?? ""),
    label: (at) => {
      const hour = hours[at];
      if (hour === undefined) return "";
      const day = dayOf(hour);
      return `${formatWeekday(day)} ${formatDay(day)}, ${formatClockShort(hour)}`;
    },
    ticks: (most) => {
      const starts = hours.flatMap((hour, at) => {
        const before = hours[at - 1];
        return before !== undefined && dayOf(before) !== dayOf(hour)
          ? [{ at, day: dayOf(hour) }]
          : [];
      });
      const every = Math.max(1, Math.ceil(starts.length / most));
      return starts
        .filter((_, order) => order % every === 0)
        .map(({ at, day }) => ({ at, label: formatDay(day, day) }));
    },
  };
}

export function destinationsVerdict(items: readonly Schema["Destination"][]): string {
  const words = system.destinations.verdict;
  if (items.length === 0) return words.none;
  const failing = items.filter(({ last_error }) => last_error !== null).length;
  const unset = items.filter(({ configured_by }) => configured_by === null).length;
  return (
    words.some(items.length) +
    (failing > 0 ? words.failing(failing) : "") +
    (unset > 0 ? words.unset(unset) : "")
  );
}

export function healthVerdict({ checks }: Schema["Health"]): string {
  const words = system.health.verdict;
  const failing = checks.filter(({ ok }) => !ok).length;
  return failing > 0 ? words.failing(failing, checks.length) : words.well(checks.length);
}
