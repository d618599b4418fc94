import { useQuery } from "@tanstack/react-query";
import { accountNamesQuery, appNamesQuery } from "@/api/names";
import { useWorkspace } from "@/session/session";
import type { Filter } from "@/ui/FilterBar";
import { people as words } from "@/words/people";
import type { PeopleSearch } from "./search";

const one = (value: string | undefined) => (value ? [value] : []);

/** What people can be narrowed by; the choices are those this workspace has. */
export function usePeopleFilters(search: PeopleSearch): Filter[] {
  const { slug } = useWorkspace();
  const apps = useQuery(appNamesQuery(slug));
  const accounts = useQuery(accountNamesQuery(slug));
  const { filters } = words;
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
  ];
}
