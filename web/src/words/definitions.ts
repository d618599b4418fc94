/*
 * One short sentence per number; the exact definition stands in the manual under the same anchor
 * (`/docs/definitions#dau`). Keys with underscores become anchors with hyphens.
 */
export const definitions = {
  events: "Counted events: track, page and screen calls, without those that tell about an account.",
  dau: "People with at least one counted event on that day.",
  wau: "People active in the 7 days up to and including that day.",
  mau: "People active in the 28 days up to and including that day.",
  mau_calendar_month: "People active in the whole calendar month the day lies in.",
  dau_over_mau: "Daily active people divided by people active in the trailing 28 days.",
  stickiness: "Mean daily active people of the trailing 28 days, divided by MAU.",
  active_accounts: "Accounts with an active person in the trailing 28 days.",
  active_people_28: "People active in the last 28 days, today included.",
  active_days_28: "Days with at least one counted event, of the last 28.",
  new: "First period with activity.",
  current: "Active in this period and the one before.",
  resurrected: "Active now, not in the period before, and not new.",
  dormant: "Active in the period before, not in this one.",
  quick_ratio: "New plus resurrected, divided by dormant.",
  retention: "Of the people who began together, the share that came back.",
  n_day: "Came back in exactly that period.",
  unbounded: "Came back in that period or any later one so far.",
  bracket: "Came back within the range of periods.",
  rhythm: "How often an app is naturally used, learned from the gaps of its people.",
  state: "Where the last visit stands against the rhythm: on rhythm, not yet due, due, overdue.",
  expected: "The last active day plus the expected gap of the rhythm.",
  feature_adoption: "People who used the feature, divided by active people of the app.",
  events_per_person: "Events of the feature divided by the people who used it.",
  licence_utilisation:
    "People active in 28 days, divided by seats. Below 0.5 few are used; above 1 there are too few.",
  excluded: "People and accounts marked bot, internal or test count nowhere, their past included.",
  first_seen: "The first counted event, over all time.",
  last_seen: "The last counted event, over all time.",
  account: "A group of people: a department, team, tenant or customer.",
  person: "Someone events are about.",
  role: "Admin, builder or end user of the observed software; without the trait, end user.",
} as const;

export type Definition = keyof typeof definitions;

export const definitionHref = (key: Definition) => `/docs/definitions#${key.replaceAll("_", "-")}`;
