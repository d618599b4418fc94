import { formatDay, formatMonth, type PeriodKind } from "@/ui/format";
import { dayCount, peopleCount } from "./plural";

/** "on 2 Mar 2026", "in the week of 2 Mar 2026", "in Mar 2026". */
export function spokenPeriod(start: string, kind: PeriodKind): string {
  if (kind === "month") return `in ${formatMonth(start)}`;
  return kind === "week" ? `in the week of ${formatDay(start)}` : `on ${formatDay(start)}`;
}

/** Period lifecycle: who is new, stays, comes back, and who stays away. */
export const lifecycle = {
  title: "Lifecycle",
  crumb: "Period lifecycle",
  app: "App",
  period: "Period",
  periods: { day: "Day", week: "Week", month: "Month" },
  new: "new",
  current: "current",
  resurrected: "resurrected",
  dormant: "dormant",
  active: "active",
  quickRatio: "quick ratio",
  start: "Period",
  bars: {
    title: "Who comes, stays and goes",
    summary: (period: string, come: number, go: number) =>
      `${peopleCount(come)} came or came back ${period}, and ${go} stayed away.`,
    none: "No whole period lies in this span yet.",
    ratio: (ratio: string) => `quick ratio ${ratio}`,
    opens: "Click or Enter: open this period",
    noRatio: "no quick ratio: nobody stayed away",
    running: (done: number, of: number) => `running: ${done} of ${dayCount(of)}`,
    empty: "Nobody came in this period.",
  },
  ratio: {
    title: "Quick ratio",
    summary: (ratio: string, period: string) =>
      `${ratio} people came or came back for each one who stayed away ${period}.`,
    none: "No whole period has a quick ratio yet.",
    balance: "1: in and out balance",
    name: "quick ratio",
    gap: "nobody stayed away",
  },
  verdict: {
    more: (ratio: string, period: string) =>
      `More come than go: for each person who stayed away, ${ratio} came or came back ${period}.`,
    fewer: (ratio: string, period: string) =>
      `More go than come: for each person who stayed away, only ${ratio} came or came back ${period}.`,
    level: (period: string) => `As many came as went ${period}.`,
    noneGo: (period: string) => `Nobody stayed away ${period}.`,
    early: "The first whole period has not ended. The verdict follows with it.",
  },
  table: {
    title: "Periods",
    caption: (period: string) => `People by ${period}`,
    running: "so far",
  },
  empty: {
    title: "Nobody came in this period",
    text: "Choose a longer span, or remove a filter.",
  },
} as const;
