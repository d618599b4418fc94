import { appCount, eventCount } from "./plural";

export const setup = {
  title: "Setup",
  welcome: (workspace: string) => `${workspace}: first steps`,
  verdict: (done: number, of: number) =>
    done === of
      ? "Everything is in place."
      : `${done} of ${of} steps are done. Each ticks itself as soon as it is true.`,
  done: "done",
  open: "to do",
  steps: {
    signIn: { title: "Sign in", done: (email: string) => `You are signed in as ${email}.` },
    key: {
      title: "Make a write key",
      text: "An app sends its events with one.",
      done: (count: number) =>
        count === 1 ? "1 write key is in force." : `${count} write keys are in force.`,
      action: "Make a write key",
    },
    event: {
      title: "Send the first event",
      text: "Paste this into an app, or into a terminal, with your write key.",
      listening: "Listening …",
      done: (count: number) => `${eventCount(count)} arrived so far.`,
      samples: "Code for a first event",
      watch: "Watch it arrive",
    },
    import: {
      title: "Or import a file",
      text: "Events of the past, an access log or a CSV file show the whole history at once. On the server:",
      more: "What a file may contain",
      samples: "Import command",
    },
    owners: {
      title: "Name owners of your apps",
      text: "An owner looks after an app, and everybody sees whom to ask.",
      done: (named: number, all: number) => `${named} of ${appCount(all)} have an owner.`,
      none: "Comes with the first event: apps name themselves.",
      action: "Open the apps",
    },
  },
  home: "Go to the overview",
} as const;
