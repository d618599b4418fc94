import { dayOf, oneOf, type RawSearch, textOf } from "@/router/search";
import type { Day } from "@/ui/day";

const SORTS = [
  "last_seen",
  "-last_seen",
  "first_seen",
  "-first_seen",
  "events",
  "-events",
  "name",
  "-name",
  "active_days_28",
  "-active_days_28",
] as const;

export interface PeopleSearch {
  q?: string;
  sort?: (typeof SORTS)[number];
  app?: string;
  account?: string;
  role?: string;
  excluded?: "only" | "included";
  /** Active on any day of a span. */
  active_from?: Day;
  active_to?: Day;
  /** First active on this day, or in its week or month. */
  first?: Day;
  first_period?: "week" | "month";
}

/** Newest activity first, unless the address says otherwise. */
export const DEFAULT_SORT = "-last_seen";

export function peopleSearch(raw: RawSearch): PeopleSearch {
  const from = dayOf(raw.active_from);
  const to = dayOf(raw.active_to);
  const span = from !== undefined && to !== undefined && from <= to;
  const first = dayOf(raw.first);
  const sort = oneOf(raw.sort, SORTS, undefined);
  return {
    q: textOf(raw.q),
    sort: sort === DEFAULT_SORT ? undefined : sort,
    app: textOf(raw.app),
    account: textOf(raw.account),
    role: textOf(raw.role),
    excluded: oneOf(raw.excluded, ["only", "included"], undefined),
    active_from: span ? from : undefined,
    active_to: span ? to : undefined,
    first,
    first_period:
      first === undefined ? undefined : oneOf(raw.first_period, ["week", "month"], undefined),
  };
}
