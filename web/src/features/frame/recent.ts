const STORE = "th-recent";
const KEPT = 5;

export interface Recent {
  href: string;
  label: string;
}

/** The last places opened through the palette, newest first; kept for this tab only. */
export function recentHrefs(): Recent[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(STORE) ?? "[]");
    return Array.isArray(kept) ? (kept as Recent[]) : [];
  } catch {
    return [];
  }
}

export function remember(place: Recent): void {
  const others = recentHrefs().filter(({ href }) => href !== place.href);
  sessionStorage.setItem(STORE, JSON.stringify([place, ...others].slice(0, KEPT)));
}
