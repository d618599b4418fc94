import { useSyncExternalStore } from "react";

const queries = ["print", "(prefers-contrast: more) and (forced-colors: active)"];

function subscribe(listener: () => void): () => void {
  const lists = queries.map((query) => window.matchMedia(query));
  for (const list of lists) list.addEventListener("change", listener);
  return () => {
    for (const list of lists) list.removeEventListener("change", listener);
  };
}

/** On paper, and for readers who force strong colours, the table stands open beneath the chart. */
export function useTableForced(): boolean {
  return useSyncExternalStore(subscribe, () =>
    queries.some((query) => window.matchMedia(query).matches),
  );
}
