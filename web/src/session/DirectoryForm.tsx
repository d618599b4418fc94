import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import type { SignInChoice } from "@/api/access";
import { api, request } from "@/api/client";
import { wordError } from "@/api/errors";
import { session } from "@/words/session";
import classes from "./forms.module.css";
import { Problem } from "./SignInForm";

const words = session.signIn;

interface DirectoryFormProps {
  source: SignInChoice;
  onSignedIn: () => void;
}

/** User name and password of a directory, which checks them itself. */
export function DirectoryForm({ source, onSignedIn }: DirectoryFormProps) {
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { username: "", password: "" },
    validate: {
      username: (value) => (value.trim() ? null : words.needUsername),
      password: (value) => (value ? null : words.needPassword),
    },
  });
  const signIn = useMutation({
    mutationFn: (values: { username: string; password: string }) =>
      request(
        () =>
          api.POST("/auth/ldap/login", {
            body: { ...values, username: values.username.trim(), source: source.key },
          }),
        { renew: false },
      ),
    onSuccess: onSignedIn,
    onError: () => form.getInputNode("password")?.focus(),
  });
  return (
    <form
      className={classes.form}
      noValidate
      onSubmit={form.onSubmit(
        (values) => signIn.mutate(values),
        (errors) => form.getInputNode(errors.username ? "username" : "password")?.focus(),
      )}
    >
      <TextInput
        label={words.username}
        description={words.usernameHelp(source.name)}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        key={form.key("username")}
        {...form.getInputProps("username")}
      />
      <PasswordInput
        label={words.password}
        autoComplete="current-password"
        key={form.key("password")}
        {...form.getInputProps("password")}
      />
      <Problem text={signIn.error && wordError(signIn.error).remedy} />
      <Button type="submit" fullWidth>
        {signIn.isPending ? words.running : words.submitAt(source.name)}
      </Button>
    </form>
  );
}
