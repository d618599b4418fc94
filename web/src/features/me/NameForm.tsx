import { Button, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, request, type Schema } from "@/api/client";
import { fieldErrors, wordError } from "@/api/errors";
import { meQuery } from "@/session/queries";
import { Problem } from "@/session/SignInForm";
import { Card } from "@/ui/Card";
import { notify } from "@/ui/notify";
import { me as room } from "@/words/me";
import classes from "./Me.module.css";

const words = room.name;

export function NameForm({ me }: { me: Schema["Me"] }) {
  const queryClient = useQueryClient();
  const form = useForm({
    validateInputOnBlur: true,
    initialValues: { name: me.name },
    validate: { name: (value) => (value.trim() ? null : words.need) },
  });
  const save = useMutation({
    mutationFn: (name: string) => request(() => api.PUT("/api/v1/me", { body: { name } })),
    onSuccess: async () => {
      await queryClient.invalidateQueries(meQuery);
      form.resetDirty();
      notify({ message: words.saved });
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  return (
    <Card title={words.title}>
      <form
        className={classes.form}
        noValidate
        onSubmit={form.onSubmit(
          ({ name }) => {
            if (!save.isPending) save.mutate(name.trim());
          },
          () => form.getInputNode("name")?.focus(),
        )}
      >
        <TextInput label={words.name} autoComplete="name" {...form.getInputProps("name")} />
        <TextInput
          label={words.email}
          description={words.emailHelp}
          value={me.email}
          readOnly
          autoComplete="off"
        />
        <Problem text={save.error && !form.errors.name ? wordError(save.error).remedy : null} />
        <Button type="submit" variant="default" className={classes.submit}>
          {save.isPending ? words.saving : words.save}
        </Button>
      </form>
    </Card>
  );
}
