import { useQuery } from "@tanstack/react-query";
import { accountNamesQuery, appNamesQuery } from "@/api/names";
import { useWorkspace } from "@/session/session";
import type { Filter } from "@/ui/FilterBar";
import { people as words } from "@/words/people";
import type { PeopleSearch } from "./search";

const one = (value: string | undefined) => (value ? [value] : []);

/** What a figure was counted over, as it came with its link. It can be taken away, not chosen. */
const phrase = (key: string, said: string | undefined): Filter[] =>
  said ? [{ key, label: "", options: [], values: [said] }] : [];

/** What people can be narrowed by; the choices are those this workspace has. */
export function usePeopleFilters(search: PeopleSearch): Filter[] {
  const { slug } = useWorkspace();
  const apps = useQuery(appNamesQuery(slug));
  const accounts = useQuery(accountNamesQuery(slug));
  const { filters } = words;
  const { active_from, active_to, first, first_period } = search;
  return [
    {
      key: "role",
      label: filters.role,
      options: Object.entries(words.roles).map(([value, label]) => ({ value, label })),
      values: one(search.role),
    },
    { key: "app", label: filters.app, options: apps.data ?? [], values: one(search.app) },
    {
      key: "account",
      label: filters.account,
      options: accounts.data ?? [],
      values: one(search.account),
    },
    {
      key: "excluded",
      label: filters.excluded,
      options: [
        { value: "only", label: filters.excludedOnly },
        { value: "included", label: filters.excludedIncluded },
      ],
      values: one(search.excluded),
    },
    ...phrase("active", active_from && active_to && words.behind.active(active_from, active_to)),
    ...phrase("first", first && words.behind.first(first, first_period ?? "day")),
  ];
}

/** What a chip takes away; spans have more than one parameter. */
export function changeOf(key: string, value: string | undefined): Partial<PeopleSearch> {
  if (key === "active") return { active_from: undefined, active_to: undefined };
  if (key === "first") return { first: undefined, first_period: undefined };
  return { [key]: value };
}
