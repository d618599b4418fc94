import { useEffect, useRef } from "react";

const STORE = "th-single-keys";

/** Single-letter keys can be switched off: they get in the way of speech input. */
export function singleKeysOn(): boolean {
  return localStorage.getItem(STORE) !== "off";
}

export function setSingleKeys(on: boolean): void {
  if (on) localStorage.removeItem(STORE);
  else localStorage.setItem(STORE, "off");
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** Calls back when one key is pressed alone, outside of fields, dialogs and charts. */
export function useKey(key: string, act: () => void): void {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key !== key || event.defaultPrevented || event.repeat) return;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target) || !singleKeysOn()) return;
      const holder = event.target instanceof Element ? event.target : null;
      if (holder?.closest('[role="dialog"],[role="menu"],[role="grid"],[aria-roledescription]'))
        return;
      event.preventDefault();
      latest.current();
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, [key]);
}
