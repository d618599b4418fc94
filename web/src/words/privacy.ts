import { counted } from "./plural";

/** Pseudonyms, names shown for a time, and what a person may ask of their data. */
export const privacy = {
  title: "Privacy",
  verdict: (waiting: number, running: number) => {
    if (waiting === 0 && running === 0) return "Nothing waits for a decision.";
    const first =
      waiting > 0
        ? `${counted(waiting, "request", "requests")} to see a name ${waiting === 1 ? "waits" : "wait"} for a decision`
        : "No request to see a name waits";
    return running > 0
      ? `${first}; ${counted(running, "export or erasure runs", "exports or erasures run")}.`
      : `${first}.`;
  },
  unmask: {
    title: "Names to be shown",
    lead: "Who asks for a name says why. Someone else decides, and the name is shown for a limited time.",
    label: "Requests to see a name",
    columns: { person: "Person", purpose: "Purpose", by: "Asked by", state: "State" },
    states: {
      waiting: "waits",
      granted: "shown",
      refused: "refused",
      expired: "over",
    } as Record<string, string>,
    decided: (who: string) => `by ${who}`,
    approve: "Show it to them",
    approveOf: (who: string, person: string) => `Show it to them: the name of ${person} to ${who}`,
    refuse: "Refuse",
    refuseOf: (who: string, person: string) => `Refuse: the name of ${person} to ${who}`,
    approved: (who: string) => `${who} sees the name now, for the time they asked for.`,
    refused: (who: string) => `${who} does not see the name.`,
    own: "Your own; someone else decides.",
    empty: "Nobody has asked for a name",
    emptyText:
      "Those who see pseudonyms can ask on the page of a person. What they write stands here.",
  },
  requests: {
    title: "Exports and erasures",
    lead: "What a person may ask for: a copy of everything kept about them, or that it is gone.",
    label: "Exports and erasures of people",
    add: "New request",
    columns: { person: "Person", kind: "Asked for", reason: "Reason", by: "By", state: "State" },
    kinds: { export: "export", erasure: "erasure" } as Record<string, string>,
    states: {
      waiting: "waits",
      running: "running",
      done: "done",
      failed: "failed",
    } as Record<string, string>,
    file: "Download",
    fileOf: (person: string) => `Download the export of ${person}`,
    empty: "No request yet",
    emptyText: "When somebody asks for their data, or that it be erased, begin here.",
    done: (kind: string, person: string) =>
      `The ${kind} of ${person} begins. You may leave this page.`,
    form: {
      title: "New request",
      kind: "Asked for",
      kinds: { export: "A copy of everything", erasure: "Erasure for good" },
      person: "Person",
      personHelp: "Their id, or their pseudonym.",
      needPerson: "Somebody is needed.",
      reason: "Reason",
      reasonHelp: "Where and when they asked, for the record. Never their name.",
      needReason: "A reason is missing.",
      submit: "Begin",
      running: "Beginning…",
    },
    erase: {
      title: (person: string) => `Erase ${person}`,
      text: "Everything about this person goes: events, traits, names, and what is computed of them. Figures of the past change a little. Backups keep them until they expire. This cannot be taken back.",
      type: (person: string) => `Type ${person} to go on`,
      mismatch: "That is not it.",
      submit: "Erase for good",
      running: "Beginning…",
    },
  },
  person: {
    pseudonym: "pseudonym",
    ask: "Ask to see the name",
    waiting: "Asked for. Someone else decides.",
    title: "Ask to see the name",
    lead: "Say what you need the name for. Someone else decides, and both stand in the audit log.",
    purpose: "Purpose",
    purposeHelp: "As «to help with ticket 4711».",
    needPurpose: "Say it in ten letters or more: somebody else decides by it.",
    hours: "For how long",
    hoursOf: { 1: "an hour", 8: "8 hours", 24: "a day", 72: "three days" } as Record<
      number,
      string
    >,
    submit: "Ask",
    running: "Asking…",
    asked: "Asked. You see the name here as soon as someone allows it.",
    granted: "You see the name now.",
    export: "Export their data",
    erase: "Erase…",
  },
} as const;
