import { appCount, peopleCount } from "./plural";

/** The page that answers: is our software taking hold, and where not? */
export const overview = {
  title: "Overview",
  verdict: {
    growing: "Growing",
    level: "Steady",
    shrinking: "Shrinking",
    first: "Beginning",
    seasonal: "Seasonal",
    season: { growing: "in the season of", shrinking: "after the season of" },
    people: (people: number, day: string) => `${peopleCount(people)} came in the 28 days to ${day}`,
    change: (arrow: string, text: string) => `${arrow} ${text} against the 28 days before`,
    noEarlier: "with no earlier period to compare",
    lose: (apps: number) =>
      apps === 1 ? "1 app loses people: " : `${appCount(apps)} lose people: `,
    noneLose: "No app loses people at its own rhythm.",
    more: (apps: number) => `and ${apps} more`,
    hidden: "So few people came that their number is hidden, lest one of them be singled out.",
    unknown: "Nobody can be counted for this period: it ends before the first event.",
  },
  stats: {
    people: "Active people",
    stickiness: "Stickiness",
    rhythm: "Apps on rhythm",
    accounts: "Active accounts",
    against: "the 28 days before",
    days: (day: string) => `28 days to ${day}`,
    ofApps: (apps: number) => `of ${appCount(apps)}`,
    notDue: (apps: number) => `○ ${apps} not yet due`,
    unknown: (apps: number) => `? ${apps} unknown`,
    noPeriod: "No figures for this period.",
    noStickiness: "Nobody was active in these 28 days.",
  },
  allRoles: "All roles.",
  releases: "▾ marks the latest release of an app.",
  movers: {
    title: "Apps that move",
    gain: "Gain people",
    lose: "Lose people",
    nobodyGains: "No app gains people.",
    nobodyLoses: "No app loses people.",
    rule: "The last 28 days against the 28 before, monthly apps by whole months; listed from 5 % and 3 people on.",
    slow: (apps: number) =>
      `${appCount(apps)} with a slower rhythm or not yet due cannot be judged by that.`,
    spark: (app: string) => `${app}: people by month, 12 months`,
    all: "All apps",
    column: { app: "App", months: "12 months", people: "People", change: "Change" },
  },
  lifecycle: {
    title: "Who comes, stays and goes",
  },
  rhythm: {
    title: "Apps against their rhythm",
    summary: (on: number, all: number) => `${on} of ${appCount(all)} on rhythm.`,
    names: {
      on_rhythm: "✓ on rhythm",
      not_yet_due: "○ not yet due",
      due: "! due",
      overdue: "▼ overdue",
      unknown: "? unknown",
    },
    state: "State",
    apps: "Apps",
    share: "Share of apps",
    empty: "No app has reported yet.",
  },
} as const;
