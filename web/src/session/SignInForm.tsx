import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api, request } from "@/api/client";
import { ApiError, wordError } from "@/api/errors";
import { session } from "@/words/session";
import classes from "./forms.module.css";

const words = session.signIn;

interface SignInFormProps {
  email?: string;
  onSignedIn: () => void;
}

interface Credentials {
  email: string;
  password: string;
  code?: string;
}

const asksForCode = (error: unknown) => error instanceof ApiError && error.code === "code_needed";

/** E-mail and password kept here, then the code of an app where the account wants one. */
export function SignInForm({ email = "", onSignedIn }: SignInFormProps) {
  const [waiting, setWaiting] = useState<Credentials | null>(null);
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { email, password: "" },
    validate: {
      email: (value) => (value.trim() ? null : words.needEmail),
      password: (value) => (value ? null : words.needPassword),
    },
  });
  const signIn = useMutation({
    mutationFn: (body: Credentials) =>
      // A 401 here means a wrong password, never a session to renew.
      request(() => api.POST("/api/v1/session", { body }), { renew: false }),
    onSuccess: onSignedIn,
    onError: (error, body) => {
      if (asksForCode(error)) setWaiting({ email: body.email, password: body.password });
      else form.getInputNode("password")?.focus();
    },
  });
  if (waiting) {
    return (
      <CodeForm
        running={signIn.isPending}
        problem={signIn.error && signIn.variables?.code ? wordError(signIn.error).remedy : null}
        onCode={(code) => signIn.mutate({ ...waiting, code })}
        onBack={() => {
          signIn.reset();
          setWaiting(null);
        }}
      />
    );
  }
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
        label={words.email}
        type="email"
        autoComplete="username"
        data-autofocus={email ? undefined : true}
        key={form.key("email")}
        {...form.getInputProps("email")}
      />
      <PasswordInput
        label={words.password}
        autoComplete="current-password"
        data-autofocus={email ? true : undefined}
        key={form.key("password")}
        {...form.getInputProps("password")}
      />
      <Problem text={signIn.error && wordError(signIn.error).remedy} />
      <Button type="submit" fullWidth>
        {signIn.isPending ? words.running : words.submit}
      </Button>
    </form>
  );
}

interface CodeFormProps {
  running: boolean;
  problem: string | null;
  onCode: (code: string) => void;
  onBack: () => void;
}

function CodeForm({ running, problem, onCode, onBack }: CodeFormProps) {
  const [code, setCode] = useState("");
  const [missing, setMissing] = useState(false);
  return (
    <form
      className={classes.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!code.trim()) return setMissing(true);
        if (!running) onCode(code.trim());
      }}
    >
      <TextInput
        label={words.code}
        description={words.codeHelp}
        value={code}
        autoComplete="one-time-code"
        autoFocus
        error={missing ? words.needCode : undefined}
        onChange={(event) => {
          setCode(event.currentTarget.value);
          setMissing(false);
        }}
      />
      <Problem text={problem} />
      <Button type="submit" fullWidth>
        {running ? words.running : words.submit}
      </Button>
      <Button variant="subtle" color="gray" fullWidth onClick={onBack}>
        {words.back}
      </Button>
    </form>
  );
}

/** Why it did not work, read out as it appears. */
export function Problem({ text }: { text: string | null | undefined }) {
  if (!text) return null;
  return (
    <p className={classes.problem} role="alert">
      {text}
    </p>
  );
}
