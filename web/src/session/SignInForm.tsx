import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { api, request } from "@/api/client";
import { wordError } from "@/api/errors";
import { session as words } from "@/words/session";
import classes from "./forms.module.css";

interface SignInFormProps {
  email?: string;
  onSignedIn: () => void;
}

/** Used by the sign-in page and by the dialog that renews a session. */
export function SignInForm({ email = "", onSignedIn }: SignInFormProps) {
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { email, password: "" },
    validate: {
      email: (value) => (value.trim() ? null : words.signIn.needEmail),
      password: (value) => (value ? null : words.signIn.needPassword),
    },
  });
  const signIn = useMutation({
    mutationFn: (body: { email: string; password: string }) =>
      // A 401 here means a wrong password, never a session to renew.
      request(() => api.POST("/api/v1/session", { body }), { renew: false }),
    onSuccess: onSignedIn,
    onError: () => form.getInputNode("password")?.focus(),
  });
  return (
    <form
      className={classes.form}
      noValidate
      onSubmit={form.onSubmit(
        (values) => signIn.mutate({ email: values.email.trim(), password: values.password }),
        (errors) => form.getInputNode(errors.email ? "email" : "password")?.focus(),
      )}
    >
      <TextInput
        label={words.signIn.email}
        type="email"
        autoComplete="username"
        data-autofocus={email ? undefined : true}
        key={form.key("email")}
        {...form.getInputProps("email")}
      />
      <PasswordInput
        label={words.signIn.password}
        autoComplete="current-password"
        data-autofocus={email ? true : undefined}
        key={form.key("password")}
        {...form.getInputProps("password")}
      />
      {signIn.error ? (
        <p className={classes.problem} role="alert">
          {wordError(signIn.error).remedy}
        </p>
      ) : null}
      <Button type="submit" fullWidth>
        {signIn.isPending ? words.signIn.running : words.signIn.submit}
      </Button>
    </form>
  );
}
