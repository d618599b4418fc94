import { type RefObject, useEffect, useState } from "react";

const LIMIT = 200;
const MARGIN = 30;

interface RowWindow {
  start: number;
  end: number;
  before: number;
  after: number;
}

/**
 * Which rows to draw. Up to 200 all of them; beyond, those near the screen, with spacers of the
 * measured row height around them, so that scrolling stays smooth at any length.
 */
export function useRowWindow(
  count: number,
  body: RefObject<HTMLTableSectionElement | null>,
): RowWindow {
  const [view, setView] = useState({ start: 0, end: LIMIT, height: 40 });
  const windowed = count > LIMIT;
  useEffect(() => {
    if (!windowed) return;
    const measure = () => {
      const box = body.current;
      if (!box) return;
      const row = box.querySelector("tr:not([data-spacer])");
      const height = row?.getBoundingClientRect().height || 40;
      const above = Math.max(0, -box.getBoundingClientRect().top);
      const start = Math.max(0, Math.floor(above / height) - MARGIN);
      const end = start + Math.ceil(window.innerHeight / height) + 2 * MARGIN;
      setView((old) =>
        Math.abs(old.start - start) < MARGIN / 2 &&
        old.end >= end - MARGIN / 2 &&
        old.height === height
          ? old
          : { start, end, height },
      );
    };
    measure();
    window.addEventListener("scroll", measure, { passive: true });
    window.addEventListener("resize", measure);
    return () => {
      window.removeEventListener("scroll", measure);
      window.removeEventListener("resize", measure);
    };
  }, [windowed, body]);
  if (!windowed) return { start: 0, end: count, before: 0, after: 0 };
  const end = Math.min(count, view.end);
  return {
    start: Math.min(view.start, end),
    end,
    before: view.start * view.height,
    after: (count - end) * view.height,
  };
}
