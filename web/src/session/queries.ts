import { queryOptions } from "@tanstack/react-query";
import { api, request, type Schema } from "@/api/client";
import { isStatus } from "@/api/errors";
import { forgetView, viewed } from "@/api/viewAs";

type Me = Schema["Me"];

/** Who is signed in. Never retried or renewed by the dialog: its 401 leads to the sign-in page. */
export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: async ({ signal }) => {
    const me = await request(() => api.GET("/api/v1/me", { signal }));
    const who = viewed();
    return who ? asSeenBy(me, who.id, signal) : me;
  },
  staleTime: 5 * 60_000,
});

/** The reader with the rights of the one whose view they look at. */
async function asSeenBy(me: Me, id: number, signal: AbortSignal): Promise<Me> {
  try {
    const [user, { permissions }] = await Promise.all([
      request(() => api.GET("/api/v1/users/{id}", { params: { path: { id } }, signal })),
      request(() => api.GET("/api/v1/roles", { signal })),
    ]);
    const roles = strongest(user.roles).map(({ workspace, role }) => ({
      workspace,
      role,
      permissions: permissions.filter(({ roles }) => roles.includes(role)).map(({ name }) => name),
    }));
    return { ...me, roles };
  } catch (error) {
    // Gone, or no longer ours to see: the reader is back to their own view.
    if (!isStatus(error, 403) && !isStatus(error, 404)) throw error;
    forgetView();
    return me;
  }
}

const STRENGTH: readonly Schema["Role"][] = [
  "scim",
  "viewer",
  "builder",
  "success",
  "admin",
  "owner",
];

/** Of several grants in a workspace the strongest counts. */
export function strongest<Grant extends { workspace: string; role: Schema["Role"] }>(
  grants: readonly Grant[],
): Grant[] {
  const held = new Map<string, Grant>();
  for (const grant of grants) {
    const before = held.get(grant.workspace);
    if (!before || STRENGTH.indexOf(grant.role) > STRENGTH.indexOf(before.role)) {
      held.set(grant.workspace, grant);
    }
  }
  return [...held.values()];
}

export const workspacesQuery = queryOptions({
  queryKey: ["workspaces"],
  queryFn: ({ signal }) => request(() => api.GET("/api/v1/workspaces", { signal })),
  staleTime: 5 * 60_000,
});

/** The workspaces of the view: through another's eyes, theirs with the role they have in each. */
export function openTo(me: Me, all: Schema["Workspace"][]): Schema["Workspace"][] {
  if (!viewed()) return all;
  return all.flatMap((each) => {
    const held = me.roles.find(({ workspace }) => workspace === each.slug);
    return held ? [{ ...each, role: held.role }] : [];
  });
}

/** How one may sign in here. */
export const signInQuery = queryOptions({
  queryKey: ["sign-in"],
  queryFn: ({ signal }) => request(() => api.GET("/api/v1/sign-in", { signal }), { renew: false }),
  staleTime: 5 * 60_000,
});
