import { formatRatio, formatShare } from "@/ui/format";
import { accountCount, counted, peopleCount } from "./plural";

export const accounts = {
  title: "Accounts",
  table: "Accounts and how many of their people are active",
  verdict: (active: number, total: number) =>
    active === total
      ? `All ${accountCount(total)} had someone active in the last 28 days.`
      : `${active} of ${accountCount(total)} had someone active in the last 28 days.`,
  verdictTotal: (total: number) => `${accountCount(total)}, the latest activity first.`,
  verdictOf: (total: number) => `${accountCount(total)} ${total === 1 ? "fits" : "fit"}.`,
  columns: {
    account: "Account",
    plan: "Plan",
    active: "Active / known",
    change: "Change",
    seats: "Active / seats",
    mrr: "MRR",
    lastSeen: "Last seen",
    events: "Events",
  },
  changeAgainst: "the 28 days before",
  noSeats: "No seats known",
  noPlan: "No plan known",
  noMrr: "No MRR known",
  never: "No counted event yet",
  search: "Name or id",
  filters: { excluded: "Excluded", excludedIncluded: "included" },
  empty: {
    first: "No account has appeared yet",
    firstText:
      "An account is a department, team, tenant or customer. A group call names it, or context.groupId on any event.",
    firstAction: "See how to send one",
    noMatch: "No account matches",
    noMatchText: (query: string) => `Nothing is called «${query}».`,
    clear: "Clear search and filters",
  },
  csv: "accounts.csv",
  account: {
    parent: (name: string) => `part of ${name}`,
    since: (day: string) => `since ${day}`,
    mrr: (money: string) => `MRR ${money}`,
    plan: (plan: string) => `plan ${plan}`,
    verdict: {
      active: (active: number, known: number) =>
        `${active} of ${counted(known, "known person was", "known people were")} active in the last 28 days`,
      nobody: (known: number) =>
        `Nobody was active in the last 28 days, of ${peopleCount(known)} known`,
      up: (change: string) => `, ▲ ${change} against the 28 days before.`,
      down: (change: string) => `, ▼ ${change} against the 28 days before.`,
      level: ", as many as in the 28 days before.",
      few: "So few people that their numbers are hidden, lest one of them be singled out.",
      fromNone: ", after nobody in the 28 days before.",
      end: ".",
      seatsLow: (used: string) => `Only ${used} of the seats are used: adoption is the issue here.`,
      seatsOver: (used: string) => `${used} of the seats are used: the account outgrows them.`,
      excluded: (why: string) => `Marked ${why}, so left out of every figure.`,
      never: "Known, but nobody has come yet.",
    },
    stats: {
      active: "Active people",
      activeAgainst: "the 28 days before",
      known: "Known people",
      knownNote: "of this account",
      days: "Active days",
      daysNote: "of the last 28",
      events: "Events",
      eventsNote: "in the last 28 days",
    },
    trend: {
      title: "Active people, trailing 28 days",
      name: "active people",
      summary: (first: number, last: number) =>
        first === last
          ? `${peopleCount(last)} at the start and at the end of this period.`
          : `From ${peopleCount(first)} at the start of this period to ${last} at its end.`,
      empty: "Nobody was active in this period. Choose an earlier one.",
    },
    licences: {
      title: "Licences",
      none: "No seats known. Add them by a file or a group call with the trait seats.",
      text: (active: number, seats: number) => `${active} of ${seats}`,
      ratio: (ratio: number) => `= ${formatRatio(ratio)}`,
      low: "Below 0.5: few of the seats are used. Adoption is the issue.",
      good: "Between 0.5 and 1: the seats fit.",
      over: "Above 1: more people than seats. The account outgrows them.",
      bar: (share: number) => `${formatShare(share)} of the seats`,
      marks: { half: "0.5", full: "1" },
    },
    apps: {
      title: "Apps by week",
      corner: "App",
      summary: (apps: number, busiest: string) =>
        apps === 1
          ? `${busiest} is the only app this account used in 12 weeks.`
          : `${apps} apps in 12 weeks; ${busiest} reaches most people.`,
      week: (day: string) => `week of ${day}`,
      cell: (people: number) => peopleCount(people),
      empty: "This account has used no app in the last 12 weeks.",
    },
    people: {
      title: "Most active people",
      all: "All",
      none: "Nobody has joined this account yet.",
      caption: "The ten most active people of this account, with their active days of 28",
    },
    traits: {
      title: "Traits",
      since: "set",
      none: "No traits known. A group call sets them.",
    },
    children: { title: "Accounts within" },
    timeline: {
      title: "Timeline",
      none: "Nothing has happened yet.",
      notRead:
        "Not printed: the timeline is read when one scrolls to it. Scroll down once, then print again.",
    },
  },
} as const;
