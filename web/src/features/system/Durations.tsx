import type { Schema } from "@/api/client";
import { Bars } from "@/ui/charts/Bars";
import { stepAxis } from "@/ui/charts/xAxis";
import { dayInZone } from "@/ui/day";
import { formatDay, formatDuration, formatInstantFull } from "@/ui/format";
import { system } from "@/words/system";
import { tookOf } from "./runs";

const words = system.jobs.history.durations;
const most = 60;

/** Whether a job takes longer and longer, and which of its runs failed. */
export function Durations({ runs }: { runs: readonly Schema["JobRun"][] }) {
  const ended = runs
    .filter((run) => tookOf(run) !== null)
    .slice(0, most)
    .reverse();
  // A single bar compares nothing.
  if (ended.length < 2) return null;
  const seconds = ended.map((run) => Math.round((tookOf(run) ?? 0) / 10) / 100);
  const of = (failed: boolean) =>
    ended.map((run, at) => ((run.state === "failed") === failed ? (seconds[at] ?? 0) : 0));
  const failed = ended.filter(({ state }) => state === "failed").length;
  return (
    <Bars
      title={words.title}
      summary={words.summary(ended.length, failed)}
      rule={words.rule}
      height={160}
      axis={stepAxis(
        "run",
        ended.map((run) => formatInstantFull(run.fire_at)),
        ended.map((run) => shortDay(run.fire_at)),
      )}
      series={[
        { name: words.done, colour: "var(--th-series-1)", values: of(false) },
        ...(failed > 0
          ? [{ name: words.failed, colour: "var(--th-failed)", values: of(true) }]
          : []),
      ]}
      notes={(at) => {
        const run = ended[at];
        if (!run) return [];
        return [formatDuration(tookOf(run) ?? 0), ...(run.message ? [run.message] : [])];
      }}
      table={{
        caption: words.title,
        columns: [
          { label: system.jobs.history.columns.at },
          { label: words.seconds, numeric: true },
          { label: system.jobs.history.columns.state },
        ],
        rows: ended.map((run, at) => [
          { value: run.fire_at, text: formatInstantFull(run.fire_at) },
          seconds[at] ?? null,
          system.jobs.states[run.state],
        ]),
      }}
    />
  );
}

/** The reader's own day, without its year. */
function shortDay(at: string): string {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const day = dayInZone(new Date(at), timeZone);
  return formatDay(day, day);
}
