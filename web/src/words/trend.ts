import { peopleCount } from "./plural";

/** Active people over time, of the workspace or of an app. */
export const trend = {
  title: "Active people",
  measure: "Counted over",
  measures: { day: "Day", week: "7 days", month: "28 days" },
  names: { day: "people a day", week: "people in 7 days", month: "people in 28 days" },
  counted: {
    day: peopleCount,
    week: (people: number) => `${peopleCount(people)} in 7 days`,
    month: (people: number) => `${peopleCount(people)} in 28 days`,
  },
  summary: (people: string, day: string) => `${people} on ${day}.`,
  against: (text: string, day: string) => ` ${text} against ${day}.`,
  empty: "Nobody came in this period.",
  before: (people: string) => `28 days before: ${people}`,
  after: (people: string, change: string) => `28 days after: ${people} ${change}`.trimEnd(),
} as const;
