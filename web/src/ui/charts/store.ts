import { useSyncExternalStore } from "react";

/*
 * Two things belong to the page rather than to a chart: the x-cursor that all charts show
 * together, and the one polite live region.
 */

let cursor: { key: string; owner: string } | null = null;
const listeners = new Set<() => void>();

export function pointCursor(key: string | null, owner: string): void {
  if (key === null && cursor?.owner !== owner) return;
  cursor = key === null ? null : { key, owner };
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The key of the point another chart of the page is showing. */
export function useForeignCursor(owner: string): string | null {
  return useSyncExternalStore(subscribe, () =>
    cursor && cursor.owner !== owner ? cursor.key : null,
  );
}

let region: HTMLElement | null = null;

export function announce(text: string): void {
  if (!region?.isConnected) {
    region = document.createElement("div");
    region.setAttribute("role", "status");
    region.setAttribute("aria-live", "polite");
    region.className = "th-chart-live";
    document.body.append(region);
  }
  region.textContent = text;
}
