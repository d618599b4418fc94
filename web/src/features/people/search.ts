import { oneOf, type RawSearch, textOf } from "@/router/search";

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
}

/** Newest activity first, unless the address says otherwise. */
export const DEFAULT_SORT = "-last_seen";

export function peopleSearch(raw: RawSearch): PeopleSearch {
  const sort = oneOf(raw.sort, SORTS, undefined);
  return {
    q: textOf(raw.q),
    sort: sort === DEFAULT_SORT ? undefined : sort,
    app: textOf(raw.app),
    account: textOf(raw.account),
    role: textOf(raw.role),
    excluded: oneOf(raw.excluded, ["only", "included"], undefined),
  };
}
