import { settled } from "@/ui/charts/cohorts";
import { formatShare } from "@/ui/format";
import { counted, peopleCount } from "./plural";

type Step = "day" | "week" | "month";

const span = (step: Step, first: string, last: string) =>
  first === last ? `${step} ${first}` : `${step}s ${first} to ${last}`;

const points = (share: number) => counted(share * 100, "point", "points");

/** Do people come back, and when does the loss stop? */
export const retention = {
  title: "Retention",
  app: "App",
  variant: "Counted as",
  variants: { n_day: "In the period", unbounded: "Then or later", bracket: "In ranges" },
  period: "Period",
  periods: { day: "Day", week: "Week", month: "Month" },
  column: {
    n_day: (step: Step, k: string) => `${step} ${k}`,
    unbounded: (step: Step, k: string) => `${step} ${k} or later`,
    bracket: (step: Step, first: string, last: string) => span(step, first, last),
  },
  /** "on day 7", "in week 8", "in days 4 to 7". */
  when: (column: string) => (column.startsWith("day ") ? `on ${column}` : `in ${column}`),
  verdict: {
    share: (share: number, began: number, when: string) =>
      `${formatShare(share)} of ${peopleCount(began)} who began are active again ${when}.`,
    unboundedShare: (share: number, began: number, when: string) =>
      `${formatShare(share)} of ${peopleCount(began)} who began came ${when}.`,
    roles: (best: string, bestShare: number, worst: string, worstShare: number) =>
      ` Best held: ${best} (${formatShare(bestShare)}); least: ${worst} (${formatShare(worstShare)}).`,
  },
  lines: {
    title: "Retention by role",
    summary: (step: Step) =>
      `Share of those who began that is active again, by ${step}s since their first event; all cohorts, whole ${step}s only.`,
    one: (role: string) => `Retention, ${role}`,
    all: "all",
    period: "Period",
    gap: "fewer than 5 people so far",
    of: (retained: string, began: string) => `${retained} of ${began}`,
    settles: (who: string, share: number, from: string) =>
      `${who[0]?.toUpperCase()}${who.slice(1)} settle at ${formatShare(share)} from ${from}`,
    settledRule: (step: Step) =>
      `◆ marks the first ${step} from which a curve holds: this and all later whole ${step}s stay within ${points(settled.within)} of their mean, or within what chance would move them, and lose no more than ${formatShare(settled.loses)} of those who stayed from one ${step} to the next. It takes at least ${settled.periods} ${step}s, each reached by ${settled.people} people and by a fifth of those who began, a fall of at least ${points(settled.fell)} before, and a level of at least ${formatShare(settled.least)}.`,
  },
  cohorts: {
    title: "Cohorts",
    summary: (cohorts: number, people: number, step: Step) =>
      `${cohorts} ${cohorts === 1 ? "cohort" : "cohorts"} by first ${step}, ${peopleCount(people)}.`,
    cohort: "Cohort",
    size: "People",
    all: "All",
    scale: (high: string) => `Colours run from 0 to ${high}. Dashed: the period is still running.`,
    of: (retained: string, began: string, share: string) => `${share}, ${retained} of ${began}`,
    soFar: (retained: string, began: string, share: string) =>
      `${share} so far, ${retained} of ${began}, still running`,
    caption: (step: Step) => `Retention by ${step} of the first event`,
    share: (column: string) => `${column}, share`,
  },
  empty: {
    title: "Nobody began in this period",
    text: "A cohort is the people whose first event lies in it. Choose a longer span, or remove a filter.",
  },
  early: {
    title: (step: Step) => `The first ${step} has not ended`,
    text: (day: string) => `The first figure comes on ${day}.`,
    daily: "Look at daily retention now",
  },
} as const;
