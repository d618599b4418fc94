import { Button } from "@mantine/core";
import { useState } from "react";
import type { Schema } from "@/api/client";
import { system } from "@/words/system";
import { RunForm } from "./RunForm";
import { useRun } from "./useRun";

const words = system.jobs.run;

interface RunButtonProps {
  job: Schema["JobStatus"];
  primary?: boolean;
}

/** Asks at once where nothing is to be chosen, else for what. */
export function RunButton({ job, primary }: RunButtonProps) {
  const [asking, setAsking] = useState(false);
  const run = useRun(job.name, job.title);
  const chooses = job.scope === "workspace" || job.takes_day;
  const busy = run.isPending;
  return (
    <>
      <Button
        variant={primary ? "filled" : "default"}
        size={primary ? "sm" : "compact-sm"}
        aria-label={primary ? undefined : words.nowFor(job.title)}
        onClick={() => (chooses ? setAsking(true) : busy || run.mutate({}))}
      >
        {busy ? words.asking : words.now}
      </Button>
      {asking ? <RunForm job={job} onClose={() => setAsking(false)} /> : null}
    </>
  );
}
