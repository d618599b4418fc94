import { Button, PasswordInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, request, type Schema } from "@/api/client";
import { fieldErrors, wordError } from "@/api/errors";
import { Problem } from "@/session/SignInForm";
import { useDoorName } from "@/session/session";
import { Card } from "@/ui/Card";
import { notify } from "@/ui/notify";
import { me as room } from "@/words/me";
import { session } from "@/words/session";
import classes from "./Me.module.css";

const words = room.password;
const LEAST = 12;

export function PasswordForm({ me }: { me: Schema["Me"] }) {
  const door = useDoorName()(me.source);
  if (!me.password) {
    return (
      <Card title={words.title}>
        <p className={classes.text}>{words.elsewhere(door)}</p>
      </Card>
    );
  }
  return <Change />;
}

function Change() {
  const queryClient = useQueryClient();
  const form = useForm({
    validateInputOnBlur: true,
    initialValues: { current: "", next: "" },
    validate: {
      current: (value) => (value ? null : words.needCurrent),
      next: (value) => (value.length >= LEAST ? null : session.setUp.shortPassword),
    },
  });
  const change = useMutation({
    mutationFn: ({ current, next }: typeof form.values) =>
      request(() => api.PUT("/api/v1/me/password", { body: { current, new: next } }), {
        // A 401 here means a wrong password, never a session to renew.
        renew: false,
      }),
    onSuccess: () => {
      form.reset();
      notify({ message: words.saved });
      return queryClient.invalidateQueries({ queryKey: ["my", "sessions"] });
    },
    onError: (error) => {
      const { new: next, current } = fieldErrors(error);
      form.setErrors({ ...(next ? { next } : {}), ...(current ? { current: words.wrong } : {}) });
    },
  });
  const told = Object.keys(form.errors).length > 0;
  const { length } = form.values.next;
  return (
    <Card title={words.title}>
      <form
        className={classes.form}
        noValidate
        onSubmit={form.onSubmit(
          (values) => {
            if (!change.isPending) change.mutate(values);
          },
          (errors) => form.getInputNode(errors.current ? "current" : "next")?.focus(),
        )}
      >
        <PasswordInput
          label={words.current}
          autoComplete="current-password"
          {...form.getInputProps("current")}
        />
        <PasswordInput
          label={words.next}
          description={
            length === 0
              ? session.setUp.passwordHelp
              : length < LEAST
                ? session.welcome.more(LEAST - length)
                : `✓ ${session.welcome.enough}`
          }
          autoComplete="new-password"
          {...form.getInputProps("next")}
        />
        <Problem text={change.error && !told ? wordError(change.error).remedy : null} />
        <Button type="submit" variant="default" className={classes.submit}>
          {change.isPending ? words.saving : words.save}
        </Button>
      </form>
    </Card>
  );
}
