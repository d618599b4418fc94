import { counted } from "./plural";

/** The reader's own account. */
export const me = {
  title: "My account",
  lead: "What belongs to you alone: how you are called, how you sign in, and where you are signed in.",
  name: {
    title: "Name",
    name: "Name",
    email: "E-mail",
    emailHelp: "It stays as it is: roles and apps hang on it.",
    need: "A name is missing.",
    save: "Save the name",
    saving: "Saving…",
    saved: "Your name is saved.",
  },
  password: {
    title: "Password",
    elsewhere: (source: string) =>
      `You sign in through ${source}. Your password is kept there, and changed there.`,
    current: "Current password",
    next: "New password",
    needCurrent: "Your current password is missing.",
    wrong: "That is not your current password.",
    save: "Change the password",
    saving: "Changing…",
    saved: "Your password is changed. Your other sessions are over.",
  },
  totp: {
    title: "Second step",
    off: "Signing in takes your password alone. With a code from an app on your phone, a stolen password opens nothing.",
    on: "Signing in takes your password and a code from your app.",
    isOn: "on",
    isOff: "off",
    elsewhere: (source: string) =>
      `You sign in through ${source}, which asks for its own second step.`,
    setUp: "Set it up",
    remove: "Switch it off",
    removeTitle: "Switch the second step off",
    removeText: "From then on your password alone opens your account.",
    password: "Your password",
    needPassword: "Your password is missing.",
    removing: "Switching off…",
    removed: "The second step is off.",
    steps: {
      title: "Set up the second step",
      scan: "Scan this with the app on your phone that makes codes, or type the key into it.",
      picture: "QR code for the app",
      key: "Key",
      code: "Code the app shows now",
      need: "The six digits are missing.",
      wrong: "This code does not fit. Check the clock of your phone, and try the next one.",
      confirm: "Confirm",
      confirming: "Confirming…",
      done: "The second step is on",
      recovery:
        "These codes open your account once each when the phone is lost. Keep them where you keep keys.",
      copy: "Copy all",
      file: "Save as a file",
      fileName: "takehold-recovery-codes.txt",
    },
  },
  sessions: {
    title: "Where you are signed in",
    label: "Your sessions",
    columns: { device: "Device", address: "Address", source: "Signed in by", seen: "Last seen" },
    current: "this one",
    unknown: "unknown program",
    end: "End",
    endOf: (device: string) => `End the session of ${device}`,
    ended: "That session is over.",
    empty: "Only here",
  },
  tokens: {
    title: "Your tokens",
    text: (count: number, workspace: string) =>
      count === 0
        ? `No program calls in your name in ${workspace}.`
        : `${counted(count, "program calls", "programs call")} in your name in ${workspace}.`,
    all: "Open keys and tokens",
    used: "last used",
    never: "not used yet",
  },
  roles: {
    title: "What you may do",
    none: "No role yet. An admin can give you one.",
  },
} as const;
