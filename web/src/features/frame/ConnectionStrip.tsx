import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { connection, knock } from "@/api/connection";
import { formatClockShort } from "@/ui/format";
import { frame as words } from "@/words/frame";
import classes from "./ConnectionStrip.module.css";

const PAUSES = [1_000, 2_000, 5_000, 15_000];

/** Says since when the server is away, and asks again after 1, 2, 5, 15 s and on focus. */
export function ConnectionStrip() {
  const since = useSyncExternalStore(connection.subscribe, connection.awaySince);
  const queryClient = useQueryClient();
  useEffect(() => {
    if (since === null) return;
    let tries = 0;
    let timer: ReturnType<typeof setTimeout>;
    const ask = async () => {
      clearTimeout(timer);
      if (await knock()) {
        await queryClient.invalidateQueries();
        return;
      }
      timer = setTimeout(ask, PAUSES[Math.min(tries++, PAUSES.length - 1)]);
    };
    timer = setTimeout(ask, PAUSES[0]);
    window.addEventListener("focus", ask);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("focus", ask);
    };
  }, [since, queryClient]);
  if (since === null) return null;
  return (
    <div className={classes.strip} role="status">
      {words.offline(formatClockShort(since))}
      <Button
        size="compact-xs"
        variant="default"
        onClick={async () => {
          if (await knock()) await queryClient.invalidateQueries();
        }}
      >
        {words.offlineRetry}
      </Button>
    </div>
  );
}
