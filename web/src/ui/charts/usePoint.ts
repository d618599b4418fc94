import {
  type KeyboardEvent,
  type PointerEvent,
  type RefObject,
  useEffect,
  useId,
  useRef,
  useState,
} from "react";
import { clamp, type Run } from "./plot";
import { announce, pointCursor, useForeignCursor } from "./store";

export interface Point {
  at: number;
  row: number;
}

interface PointOptions {
  /** The element the pointer positions are measured against. */
  frame: RefObject<HTMLElement | null>;
  count: number;
  /** Series or rows, walked with the up and down keys. */
  rows?: number;
  /** How many points one key press moves, for charts whose points lie in a column or a grid. */
  stride?: { x: number; y: number };
  /** Where the keys begin; the last point otherwise. */
  start?: number;
  /** Which point lies under a place in the frame. */
  hit: (x: number, y: number) => Point;
  keyOf: (at: number) => string;
  /** What the live region says about a point. */
  describe: (point: Point) => string;
  onOpen?: (point: Point) => void;
  onBrush?: (from: number, to: number) => void;
}

/** How far a press may wander before it is a drag. */
const dragStart = 6;

/**
 * The movements all charts share: one tab stop, arrows walk the points, Enter opens, Escape
 * leaves; hover follows the pointer, a tap pins, a drag selects a span.
 */
export function usePoint(options: PointOptions) {
  const { frame, count, rows = 1, hit, keyOf, describe, onOpen, onBrush } = options;
  const { stride, start = count - 1 } = options;
  const owner = useId();
  const foreign = useForeignCursor(owner);
  const [point, setPoint] = useState<Point | null>(null);
  const [selection, setSelection] = useState<Run | null>(null);
  const [pinned, setPinned] = useState(false);
  const press = useRef<{ x: number; at: number } | null>(null);

  const active = point && point.at < count && point.row < rows ? point : null;
  const key = active ? keyOf(active.at) : null;

  useEffect(() => {
    pointCursor(key, owner);
    return () => pointCursor(null, owner);
  }, [key, owner]);

  function leave() {
    setPoint(null);
    setSelection(null);
    setPinned(false);
    press.current = null;
  }

  useEffect(() => {
    if (!pinned) return;
    function tapOutside(event: Event) {
      if (frame.current?.contains(event.target as Node)) return;
      setPoint(null);
      setPinned(false);
    }
    document.addEventListener("pointerdown", tapOutside);
    return () => document.removeEventListener("pointerdown", tapOutside);
  }, [pinned, frame]);

  function place(event: PointerEvent): Point & { x: number } {
    const box = frame.current?.getBoundingClientRect();
    const x = event.clientX - (box?.left ?? 0);
    return { ...hit(x, event.clientY - (box?.top ?? 0)), x };
  }

  function commit(span: Run) {
    setSelection(null);
    if (span.from !== span.to) {
      onBrush?.(Math.min(span.from, span.to), Math.max(span.from, span.to));
    }
  }

  const inTooltip = (event: PointerEvent) =>
    event.target instanceof Element && event.target.closest("[data-tooltip]") !== null;

  const handlers = {
    onPointerDown(event: PointerEvent<HTMLElement>) {
      if (event.pointerType === "touch" || event.button !== 0 || inTooltip(event)) return;
      const { at, x } = place(event);
      press.current = { at, x };
    },
    onPointerMove(event: PointerEvent<HTMLElement>) {
      // The tooltip can be pointed at: it stays where it is meanwhile.
      if (event.pointerType === "touch" || pinned || count === 0 || inTooltip(event)) return;
      const { at, row, x } = place(event);
      setPoint({ at, row });
      const start = press.current;
      if (!start || !onBrush || (event.buttons & 1) === 0) return;
      if (!selection && Math.abs(x - start.x) < dragStart) return;
      if (!selection) event.currentTarget.setPointerCapture(event.pointerId);
      setSelection({ from: start.at, to: at });
    },
    onPointerUp(event: PointerEvent<HTMLElement>) {
      if (count === 0 || inTooltip(event)) return;
      if (event.pointerType === "touch") {
        const { at, row } = place(event);
        setPoint({ at, row });
        setPinned(true);
        return;
      }
      const start = press.current;
      press.current = null;
      if (selection) commit(selection);
      else if (start) {
        const { at, row } = place(event);
        onOpen?.({ at, row });
      }
    },
    onPointerCancel: leave,
    onPointerLeave(event: PointerEvent<HTMLElement>) {
      if (event.pointerType !== "touch" && !pinned) leave();
    },
    onFocus(event: { currentTarget: HTMLElement }) {
      if (!active && count > 0 && event.currentTarget.matches(":focus-visible")) {
        setPoint({ at: start, row: 0 });
      }
    },
    onBlur: leave,
    onKeyDown(event: KeyboardEvent<HTMLElement>) {
      if (count === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
      const now = active ?? { at: start, row: 0 };
      const walk = (by: number) => ({ ...now, at: active ? now.at + by : now.at });
      const across = stride?.x ?? 1;
      const moves: Record<string, Point> = {
        ArrowLeft: walk(-across),
        ArrowRight: walk(across),
        ArrowUp: stride ? walk(-stride.y) : { ...now, row: now.row - 1 },
        ArrowDown: stride ? walk(stride.y) : { ...now, row: now.row + 1 },
        Home: { ...now, at: 0 },
        End: { ...now, at: count - 1 },
      };
      const aim = moves[event.key];
      if (aim) {
        const next = { at: clamp(aim.at, 0, count - 1), row: clamp(aim.row, 0, rows - 1) };
        setPoint(next);
        if (event.shiftKey && onBrush && next.at !== now.at) {
          setSelection({ from: selection?.from ?? now.at, to: next.at });
        } else {
          setSelection(null);
        }
        announce(describe(next));
      } else if (event.key === "Enter" && selection) {
        commit(selection);
      } else if (event.key === "Enter" && active && onOpen) {
        onOpen(active);
      } else if (event.key === "Escape" && (active || selection)) {
        leave();
      } else {
        return;
      }
      event.preventDefault();
      event.stopPropagation();
    },
  };

  return { active, foreign, selection, handlers };
}
