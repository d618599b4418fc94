import { NativeSelect, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import type { Schema } from "@/api/client";
import { fieldErrors, wordError } from "@/api/errors";
import { useWorkspace, useWorkspaces } from "@/session/session";
import { FormDrawer } from "@/ui/FormDrawer";
import { system } from "@/words/system";
import { useRun } from "./useRun";

const words = system.jobs.run;

/** For which workspace, and as of which day. */
export function RunForm({ job, onClose }: { job: Schema["JobStatus"]; onClose: () => void }) {
  const workspaces = useWorkspaces();
  const { slug } = useWorkspace();
  const run = useRun(job.name, job.title);
  const form = useForm({ initialValues: { workspace: slug, on: "" } });
  const scoped = job.scope === "workspace";
  return (
    <FormDrawer
      title={words.title(job.title)}
      onClose={onClose}
      dirty={false}
      submit={words.submit}
      running={run.isPending ? words.asking : null}
      problem={run.error ? wordError(run.error).remedy : undefined}
      onSubmit={form.onSubmit(({ workspace, on }) => {
        if (run.isPending) return;
        run.mutate(
          { workspace: scoped ? workspace : undefined, on: on || undefined },
          { onSuccess: onClose, onError: (error) => form.setErrors(fieldErrors(error)) },
        );
      })}
    >
      <p>{job.what}</p>
      {scoped ? (
        <NativeSelect
          label={words.workspace}
          data-autofocus
          data={workspaces.map((each) => ({ value: each.slug, label: each.name }))}
          {...form.getInputProps("workspace")}
        />
      ) : null}
      {job.takes_day ? (
        <TextInput
          type="date"
          label={words.day}
          description={words.dayHelp}
          {...form.getInputProps("on")}
        />
      ) : null}
    </FormDrawer>
  );
}
