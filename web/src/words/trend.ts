import { dayCount } from "./plural";

/** Active people over time, of the workspace or of an app. */
export const trend = {
  title: "Active people",
  measure: "Counted over",
  measures: { day: "Day", week: "7 days", month: "28 days" },
  names: { day: "people a day", week: "people in 7 days", month: "people in 28 days" },
  counted: { day: "people", week: "people in 7 days", month: "people in 28 days" },
  summary: (name: string, now: string, day: string) => `${now} ${name} on ${day}.`,
  against: (text: string, day: string) => ` ${text} against ${day}.`,
  empty: "Nobody came in this period.",
  before: (people: string) => `28 days before: ${people}`,
  after: (people: string, change: string) => `28 days after: ${people} ${change}`.trimEnd(),
  afterRunning: (people: string, days: number) => `after ${dayCount(days)} of 28: ${people} so far`,
} as const;
