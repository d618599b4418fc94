import { NativeSelect } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, request } from "@/api/client";
import { wordError } from "@/api/errors";
import { FormDrawer } from "@/ui/FormDrawer";
import { SecretOnce } from "@/ui/SecretOnce";
import { keys } from "@/words/keys";
import classes from "./Keys.module.css";
import type { Revocable } from "./Revoke";

const words = keys.rotate;
const HOURS = [24, 168, 1, 0] as const;

interface RotateFormProps {
  workspace: string;
  what: Revocable;
  onClose: () => void;
}

/** A new secret in the place of another, which works on for a while. */
export function RotateForm({ workspace, what: { kind, id, name }, onClose }: RotateFormProps) {
  const queryClient = useQueryClient();
  const form = useForm({ initialValues: { hours: "24" } });
  const rotate = useMutation({
    mutationFn: (overlap_hours: number) =>
      request(() =>
        api.POST(`/api/v1/workspaces/{workspace}/${kind}/{id}/rotate`, {
          params: { path: { workspace, id: String(id) } },
          body: { overlap_hours },
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["w", workspace, kind] }),
  });
  const made = rotate.data;
  return (
    <FormDrawer
      title={made ? words.done(made.name) : words.title(name)}
      onClose={onClose}
      dirty={false}
      submit={words.submit}
      running={rotate.isPending ? words.running : null}
      problem={rotate.error ? wordError(rotate.error).remedy : undefined}
      onSubmit={form.onSubmit(({ hours }) => {
        if (!rotate.isPending) rotate.mutate(Number(hours));
      })}
      done={
        made ? (
          <div className={classes.done}>
            <SecretOnce secret={made.secret} />
            <p>{words.until[Number(form.values.hours) as keyof typeof words.until]}</p>
          </div>
        ) : undefined
      }
    >
      <p>{words.text}</p>
      <NativeSelect
        label={words.overlap}
        data-autofocus
        data={HOURS.map((hours) => ({ value: String(hours), label: words.hours[hours] }))}
        {...form.getInputProps("hours")}
      />
    </FormDrawer>
  );
}
