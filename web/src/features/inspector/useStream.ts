import { useEffect, useRef, useState } from "react";
import { api, request, type Schema } from "@/api/client";

export type Arrival = Schema["Entry"];

export const KEPT = 500;
const PAUSE = 1_000;

interface Stream {
  /** Newest first, at most 500. Null until the server has answered once. */
  items: readonly Arrival[] | null;
  totals: Schema["InspectorTotals"];
  perSecond: number;
  error: unknown;
}

const nothing: Stream = {
  items: null,
  totals: { accepted: 0, duplicate: 0, rejected: 0 },
  perSecond: 0,
  error: null,
};

/** Asks every second for what came since; rests while the page is hidden or paused. */
export function useStream(workspace: string, paused: boolean): Stream {
  const [stream, setStream] = useState(nothing);
  const after = useRef<number | undefined>(undefined);
  useEffect(() => {
    if (paused) return;
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    const ask = async () => {
      if (!document.hidden) {
        try {
          const answer = await request(() =>
            api.GET("/api/v1/workspaces/{workspace}/inspector", {
              params: { path: { workspace }, query: { after: after.current } },
              signal: stop.signal,
            }),
          );
          if (stop.signal.aborted) return;
          after.current = answer.next;
          setStream((old) => ({
            items: [...answer.items.toReversed(), ...(old.items ?? [])].slice(0, KEPT),
            totals: answer.totals,
            perSecond: answer.per_second,
            error: null,
          }));
        } catch (error) {
          if (stop.signal.aborted) return;
          setStream((old) => ({ ...old, error }));
        }
      }
      timer = setTimeout(ask, PAUSE);
    };
    void ask();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [workspace, paused]);
  return stream;
}
