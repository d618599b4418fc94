import { formatSpan, type PeriodKind } from "@/ui/format";
import { spokenPeriod } from "./lifecycle";
import { dayCount, peopleCount } from "./plural";

export const people = {
  title: "People",
  table: "People and when they were last active",
  verdict: (total: number) => `${peopleCount(total)} seen so far, the latest first.`,
  verdictOf: (total: number, filters: number) =>
    `${peopleCount(total)} ${total === 1 ? "fits" : "fit"} ${filters === 1 ? "this filter" : "these filters"}.`,
  columns: {
    person: "Person",
    role: "Role",
    account: "Account",
    lastSeen: "Last seen",
    activeDays: "Active days of 28",
    events: "Events",
    firstSeen: "First seen",
  },
  roles: { admin: "admin", builder: "builder", end_user: "end user" } as Record<string, string>,
  search: "Name, e-mail or id",
  filters: {
    role: "Role",
    app: "App",
    account: "Account",
    excluded: "Excluded",
    excludedOnly: "only excluded",
    excludedIncluded: "included",
  },
  /** What a figure was counted over, as the link from it says. */
  behind: {
    active: (from: string, to: string) => `active ${formatSpan(from, to)}`,
    first: (start: string, period: PeriodKind) => `first active ${spokenPeriod(start, period)}`,
  },
  never: "No counted event yet",
  noAccount: "Has not joined an account",
  empty: {
    first: "Nobody has been seen yet",
    firstText: "The first event names the first person. It appears here within a second.",
    firstAction: "Send a first event",
    noMatch: "Nobody matches",
    noMatchText: (filters: string) => `Nobody fits ${filters}.`,
    clear: "Clear search and filters",
  },
  csv: "people.csv",
  person: {
    crumb: "People",
    since: (day: string) => `since ${day}`,
    merged: (count: number) =>
      count === 1
        ? "1 other id belongs to this person"
        : `${count} other ids belong to this person`,
    active: (who: string, days: number) =>
      days === 0
        ? `${who} was not active in the last 28 days.`
        : `${who} was active on ${dayCount(days)} of the last 28.`,
    last: (when: string) => `Last seen ${when}.`,
    neverSeen: (who: string) => `${who} is known, but has not come yet.`,
    overdue: (apps: string) => `Overdue on ${apps}.`,
    excluded: (why: string) => `Marked ${why}, so left out of every figure.`,
    thisPerson: "This person",
    stats: {
      activeDays: "Active days",
      activeDaysNote: "of the last 28",
      events: "Events",
      eventsNote: "in the last 28 days",
      allEvents: "Events, all time",
      allEventsNote: (day: string) => `since ${day}`,
      apps: "Apps used",
      appsNote: (overdue: number) => (overdue === 0 ? "none overdue" : `${overdue} overdue`),
    },
    calendar: {
      title: "Activity, 53 weeks",
      summary: (active: number, streak: number) =>
        active === 0
          ? "No active day in the last 53 weeks."
          : `Active on ${dayCount(active)} in 53 weeks, at most ${dayCount(streak)} in a row.`,
      counted: (count: number) => (count === 1 ? "1 event" : `${count} events`),
      day: "Day",
      events: "Events",
      empty: "No activity in the last 53 weeks.",
    },
    apps: {
      title: "Apps",
      caption: "Apps this person has used",
      app: "App",
      rhythm: "Rhythm",
      state: "State",
      lastSeen: "Last seen",
      events: "Events",
      none: "No app used yet",
      noneText: "Events without an app belong to none.",
      unknown:
        "The rhythm of this app is not known yet: it needs five people with a longer history.",
    },
    knownAs: {
      title: "Also known as",
      text: "Everything under these ids counts for this person.",
      apart: "Take apart",
      apartId: (id: string) => `Take apart: ${id}`,
      running: "Taking apart…",
      done: (id: string) => `${id} stands alone again, with its own history.`,
      failed: (id: string) => `${id} was not taken apart`,
      undoFailed: (id: string) => `${id} was not merged again`,
    },
    traits: {
      title: "Traits",
      since: "set",
      none: "No traits known. An identify call sets them.",
    },
    timeline: {
      title: "Timeline",
      none: "Nothing has happened yet.",
    },
  },
} as const;
