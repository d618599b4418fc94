const STORE = "th-density";

export type Density = "roomy" | "compact";

export function density(): Density {
  return localStorage.getItem(STORE) === "compact" ? "compact" : "roomy";
}

/** Row height is the reader's choice and kept in this browser. */
export function applyDensity(wanted: Density = density()): void {
  if (wanted === "compact") localStorage.setItem(STORE, wanted);
  else localStorage.removeItem(STORE);
  document.documentElement.dataset.density = wanted;
}
