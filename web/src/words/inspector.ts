import { counted, eventCount } from "./plural";

export const inspector = {
  title: "Live inspector",
  verdict: (accepted: number, refused: number) =>
    refused === 0
      ? `${eventCount(accepted)} accepted, none refused.`
      : `${eventCount(accepted)} accepted, ${refused} refused. The reason stands beside each.`,
  verdictQuiet: "Nothing has arrived since the server started.",
  live: "live",
  paused: "paused",
  rate: (perSecond: string) => `${perSecond}/s`,
  pause: "Pause",
  resume: "Go on",
  held: (fresh: number) =>
    fresh === 0 ? "Held while you read" : `Held while you read · ${fresh} new`,
  showNew: "Show the newest",
  test: "Send test event",
  testSending: "Sending…",
  testSent: "Test event sent. It shows below within a second.",
  totals: { accepted: "Accepted", duplicate: "Duplicate", rejected: "Refused" },
  filters: { outcome: "Outcome", app: "App", key: "Key" },
  outcomes: { accepted: "accepted", duplicate: "duplicate", rejected: "refused" },
  log: "Arriving events, newest first",
  said: (accepted: number, refused: number) =>
    `${eventCount(accepted)} accepted and ${refused} refused so far.`,
  noPerson: "no id",
  key: (name: string) => `key ${name}`,
  person: "Open person",
  copyJson: "Copy JSON",
  noPayload: "The body could not be read, so there is nothing to show.",
  code: (code: string) => `Code ${code}`,
  waiting: "Listening",
  waitingText:
    "Paste this into an app, or into a terminal, with one of your write keys. The event shows here within a second.",
  samples: "Code for a first event",
  makeKey: "Make a write key",
  noMatch: "No event here fits these filters",
  noMatchText: (kept: number) =>
    `The newest ${counted(kept, "event is", "events are")} kept on this page; older ones are on the timelines of people.`,
  clear: "Clear filters",
} as const;
