import { useEffect } from "react";

/** Names the browser's tab after the page. */
export function useTitle(title: string | undefined): void {
  useEffect(() => {
    if (title) document.title = `${title} · Takehold`;
  }, [title]);
}
