import { useQuery } from "@tanstack/react-query";
import { wordError } from "@/api/errors";
import { activeQuery } from "@/api/metrics";
import { usePeopleBehind } from "@/router/peopleBehind";
import { usePeriod } from "@/router/usePeriod";
import { useWorkspace } from "@/session/session";
import { hidesSome } from "@/ui/charts/activeDays";
import { Trend } from "@/ui/charts/Trend";
import { accounts } from "@/words/accounts";

const words = accounts.account.trend;

/** The people of this account over the chosen period, with the earlier one behind. */
export function AccountTrend({ id }: { id: string }) {
  const { slug } = useWorkspace();
  const { period, today, picker } = usePeriod();
  const behind = usePeopleBehind({ account: id });
  const from = period.earlier?.from ?? period.from;
  const query = useQuery(activeQuery(slug, { from, to: period.to, account: id }));
  const values = new Map(
    (query.data?.days ?? []).flatMap(({ date, mau }) =>
      mau === null ? [] : [[date, mau] as const],
    ),
  );
  const first = values.get(period.from) ?? 0;
  const last = values.get(period.to) ?? 0;
  const retry = () => void query.refetch();
  const hidden = hidesSome(query.data?.days ?? []);
  const nobody = !hidden && ![...values].some(([day, count]) => day >= period.from && count > 0);
  return (
    <Trend
      title={words.title}
      name={words.name}
      hidden={hidden}
      summary={words.summary(first, last)}
      definition="mau"
      height={330}
      values={values}
      period={period}
      earlier={period.earlier}
      today={today}
      stale={query.isPlaceholderData}
      onDays={picker.onDays}
      behind={behind?.days}
      lookback={28}
      state={
        query.isPending
          ? { kind: "loading", retry }
          : query.error
            ? { kind: "error", message: wordError(query.error).title, retry }
            : nobody
              ? { kind: "empty", message: words.empty }
              : undefined
      }
    />
  );
}
