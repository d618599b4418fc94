/* Whether the server can be reached. A tiny store of its own: the strip in the frame reads it. */

let awaySince: number | null = null;
const listeners = new Set<() => void>();

function set(value: number | null): void {
  if ((awaySince === null) === (value === null)) return;
  awaySince = value;
  for (const listener of listeners) listener();
}

export function markAway(): void {
  set(Date.now());
}

export function markBack(): void {
  set(null);
}

export const connection = {
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  /** The moment the server went away, or null while it answers. */
  awaySince: () => awaySince,
};

/** Asks the server for a sign of life; true when it answered. */
export async function knock(): Promise<boolean> {
  try {
    const response = await fetch("/healthz", { cache: "no-store" });
    if (!response.ok) return false;
    markBack();
    return true;
  } catch {
    return false;
  }
}
