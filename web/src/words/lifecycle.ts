import { dayCount, peopleCount } from "./plural";

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
      `In ${period}, the last whole period, ${peopleCount(come)} came or came back and ${go} stayed away.`,
    none: "No whole period lies in this span yet.",
    ratio: (ratio: string) => `quick ratio ${ratio}`,
    noRatio: "no quick ratio: nobody stayed away",
    running: (done: number, of: number) => `running: ${done} of ${dayCount(of)}`,
    empty: "Nobody came in this period.",
  },
  ratio: {
    title: "Quick ratio",
    summary: (ratio: string, period: string) =>
      `${ratio} in ${period}: people who came or came back for each one who stayed away.`,
    none: "No whole period has a quick ratio yet.",
    balance: "1: in and out balance",
    name: "quick ratio",
    gap: "nobody stayed away",
  },
  verdict: {
    more: (ratio: string, period: string) =>
      `More come than go: for each person who stayed away, ${ratio} came or came back in ${period}.`,
    fewer: (ratio: string, period: string) =>
      `More go than come: for each person who stayed away, only ${ratio} came or came back in ${period}.`,
    level: (period: string) => `As many come as go in ${period}.`,
    noneGo: (period: string) => `Nobody stayed away in ${period}.`,
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
