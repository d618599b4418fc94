import { frame as words } from "@/words/frame";

/* An admin may read the console as another user does. The choice lasts as long as the tab. */

const STORE = "th-view-as";
const HEADER = "X-Takehold-View-As";

export interface Viewed {
  id: number;
  name: string;
}

export function viewed(): Viewed | null {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(STORE) ?? "null");
    return kept && typeof kept === "object" && "id" in kept ? (kept as Viewed) : null;
  } catch {
    return null;
  }
}

/** Loads the console anew, so that nothing read before stays on the screen. */
export function viewAs(who: Viewed | null, then: string): void {
  forgetView();
  if (who) sessionStorage.setItem(STORE, JSON.stringify(who));
  window.location.assign(then);
}

export function forgetView(): void {
  sessionStorage.removeItem(STORE);
}

/** Reads of a workspace carry whose eyes they are for; writes are answered here, with a no. */
export function throughTheirEyes(request: Request): Response | null {
  const who = viewed();
  if (!who) return null;
  const { pathname } = new URL(request.url);
  if (request.method === "GET") {
    if (pathname.startsWith("/api/v1/workspaces")) request.headers.set(HEADER, String(who.id));
    return null;
  }
  if (pathname === "/api/v1/session" || pathname.startsWith("/auth/")) return null;
  return Response.json({ code: "view_only", detail: words.viewAs.refused }, { status: 403 });
}
