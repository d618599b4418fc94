import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from "react";
import { onSessionOver } from "@/api/client";

const SessionOverDialog = lazy(() => import("./SessionOverDialog"));

/**
 * When a request finds the session over, a dialog asks to sign in above the page. Requests wait
 * for it together and are then sent again, so nothing typed is lost.
 */
export function SessionOver() {
  const [open, setOpen] = useState(false);
  const waiting = useRef<{ promise: Promise<void>; done: () => void } | null>(null);
  const queryClient = useQueryClient();

  useEffect(() => {
    onSessionOver(() => {
      if (!waiting.current) {
        let done: () => void = () => undefined;
        const promise = new Promise<void>((resolve) => {
          done = resolve;
        });
        waiting.current = { promise, done };
        setOpen(true);
      }
      return waiting.current.promise;
    });
    return () => onSessionOver(undefined);
  }, []);

  const renewed = useCallback(() => {
    waiting.current?.done();
    waiting.current = null;
    setOpen(false);
    void queryClient.invalidateQueries();
  }, [queryClient]);

  if (!open) return null;
  return (
    <Suspense fallback={null}>
      <SessionOverDialog onSignedIn={renewed} />
    </Suspense>
  );
}
