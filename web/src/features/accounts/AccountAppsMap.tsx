import { useQuery } from "@tanstack/react-query";
import { wordError } from "@/api/errors";
import { useToday } from "@/session/session";
import { hidesSome } from "@/ui/charts/activeDays";
import { Heatmap } from "@/ui/charts/Heatmap";
import { addDays, startOfWeek } from "@/ui/day";
import { formatDay } from "@/ui/format";
import { accounts } from "@/words/accounts";
import { ui } from "@/words/ui";
import { accountAppsQuery } from "./queries";

const words = accounts.account.apps;
const WEEKS = 12;

/** Apps down, weeks across: which app carries the account, and which one it left. */
export function AccountAppsMap({ workspace, id }: { workspace: string; id: string }) {
  const today = useToday();
  const from = addDays(startOfWeek(today), -7 * (WEEKS - 1));
  const query = useQuery(accountAppsQuery(workspace, id, from, today));
  const weeks = query.data?.weeks ?? [];
  const apps = [...(query.data?.apps ?? [])].sort((a, b) => sum(b.people) - sum(a.people));
  const peak = Math.max(1, ...apps.flatMap(({ people }) => people.map((count) => count ?? 0)));
  const retry = () => void query.refetch();
  return (
    <Heatmap
      title={words.title}
      hidden={hidesSome(apps)}
      summary={words.summary(apps.length, apps[0]?.app ?? "")}
      definition="active_people_28"
      corner={words.corner}
      columns={weeks.map((week) => ({
        key: week,
        label: formatDay(week, today),
        title: words.week(formatDay(week)),
      }))}
      rows={apps.map(({ app, people }) => ({
        key: app,
        label: app,
        cells: people.map((count, at) => ({
          ...(count === null
            ? { share: 0, text: ui.faces.hidden, title: ui.faces.hiddenWhy, hidden: true }
            : { share: count / peak, text: String(count), title: words.cell(count) }),
          running: at === people.length - 1 && addDays(weeks[at] ?? today, 6) >= today,
        })),
      }))}
      table={{
        caption: words.title,
        columns: [
          { label: words.corner },
          ...weeks.map((week) => ({ label: words.week(formatDay(week)), numeric: true })),
        ],
        rows: apps.map(({ app, people }) => [app, ...people]),
      }}
      state={
        query.isPending
          ? { kind: "loading", retry }
          : query.error
            ? { kind: "error", message: wordError(query.error).title, retry }
            : apps.length === 0
              ? { kind: "empty", message: words.empty }
              : undefined
      }
    />
  );
}

const sum = (values: readonly (number | null)[]) =>
  values.reduce<number>((all, each) => all + (each ?? 0), 0);
