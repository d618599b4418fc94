import { oneOf, type RawSearch, textOf } from "@/router/search";

const SORTS = [
  "last_seen",
  "-last_seen",
  "events",
  "-events",
  "name",
  "-name",
  "active_people_28",
  "-active_people_28",
] as const;

export interface AccountsSearch {
  q?: string;
  sort?: (typeof SORTS)[number];
  excluded?: "included";
}

export const DEFAULT_SORT = "-last_seen";

export function accountsSearch(raw: RawSearch): AccountsSearch {
  const sort = oneOf(raw.sort, SORTS, undefined);
  return {
    q: textOf(raw.q),
    sort: sort === DEFAULT_SORT ? undefined : sort,
    excluded: oneOf(raw.excluded, ["included"], undefined),
  };
}
