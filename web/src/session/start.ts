import type { QueryClient } from "@tanstack/react-query";
import { redirect } from "@tanstack/react-router";
import { isStatus } from "@/api/errors";
import { meQuery, openTo, workspacesQuery } from "./queries";

/** What every framed page needs first; without a session it leads to the sign-in page and back. */
export async function startOf(queryClient: QueryClient, wanted: string) {
  try {
    const [me, list] = await Promise.all([
      queryClient.ensureQueryData(meQuery),
      queryClient.ensureQueryData(workspacesQuery),
    ]);
    return { me, workspaces: openTo(me, list.items) };
  } catch (error) {
    if (isStatus(error, 401)) {
      throw redirect({ to: "/sign-in", search: { to: wanted === "/" ? undefined : wanted } });
    }
    throw error;
  }
}
