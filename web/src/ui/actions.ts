import { useEffect, useSyncExternalStore } from "react";

/** Something the page on screen can do; the palette offers it. */
export interface PageAction {
  id: string;
  label: string;
  run: () => void;
}

let current: readonly PageAction[] = [];
const listeners = new Set<() => void>();

function set(next: readonly PageAction[]): void {
  current = next;
  for (const listener of listeners) listener();
}

/** Registers what a page can do for as long as it is shown. */
export function usePageActions(actions: readonly PageAction[]): void {
  useEffect(() => {
    set(actions);
    return () => set([]);
  }, [actions]);
}

export function useRegisteredActions(): readonly PageAction[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}
