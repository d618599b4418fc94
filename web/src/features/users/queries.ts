import { queryOptions } from "@tanstack/react-query";
import {
  type ConsoleRole,
  type Invitation,
  ROLES,
  type User,
  type UserDetail,
  type UserSession,
} from "@/api/access";
import { api, request } from "@/api/client";
import { listQuery } from "@/api/lists";
import { oneOf, type RawSearch, textOf } from "@/router/search";

export interface UsersSearch {
  q?: string;
  role?: ConsoleRole;
  workspace?: string;
}

export function usersSearch(raw: RawSearch): UsersSearch {
  return {
    q: textOf(raw.q),
    role: oneOf(raw.role, ROLES, undefined),
    workspace: textOf(raw.workspace),
  };
}

export const usersQuery = (search: UsersSearch) =>
  listQuery<User>(["system", "users", "list", search], ({ cursor, limit, signal }) =>
    api.GET("/api/v1/users", { params: { query: { ...search, cursor, limit } }, signal }),
  );

export const userQuery = (id: number) =>
  queryOptions({
    queryKey: ["system", "users", "one", id],
    queryFn: ({ signal }): Promise<UserDetail> =>
      request(() => api.GET("/api/v1/users/{id}", { params: { path: { id } }, signal })),
  });

export const invitationsQuery = listQuery<Invitation>(
  ["system", "users", "invitations"],
  ({ signal }) => api.GET("/api/v1/invitations", { signal }),
);

export const rolesQuery = queryOptions({
  queryKey: ["system", "roles"],
  queryFn: ({ signal }) => request(() => api.GET("/api/v1/roles", { signal })),
  staleTime: Number.POSITIVE_INFINITY,
});

export interface SessionsSearch {
  q?: string;
}

export function sessionsSearch(raw: RawSearch): SessionsSearch {
  return { q: textOf(raw.q) };
}

export const sessionsQuery = listQuery<UserSession>(["system", "sessions"], ({ signal }) =>
  api.GET("/api/v1/sessions", { signal }),
);

export interface RolesSearch {
  q?: string;
  differences?: boolean;
}

export function rolesSearch(raw: RawSearch): RolesSearch {
  return {
    q: textOf(raw.q),
    differences: raw.differences === "true" || raw.differences === true || undefined,
  };
}
