import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useState } from "react";
import type { Welcome } from "@/api/access";
import { api, request } from "@/api/client";
import { ApiError, fieldErrors, wordError } from "@/api/errors";
import { QueryError } from "@/api/QueryError";
import classes from "@/session/forms.module.css";
import { Problem } from "@/session/SignInForm";
import { notify } from "@/ui/notify";
import { SkeletonBlock } from "@/ui/Skeletons";
import { frame } from "@/words/frame";
import { session } from "@/words/session";
import { Doorway } from "./Doorway";

const words = session.welcome;
const LEAST = 12;

/** The first minute of somebody who was invited. */
export function WelcomePage() {
  // After the `#`, so that it stands in no log of any server.
  const [code] = useState(() => decodeURIComponent(window.location.hash.slice(1)));
  const query = useQuery({
    queryKey: ["welcome", code],
    queryFn: ({ signal }) =>
      request(() => api.POST("/api/v1/welcome", { body: { code }, signal }), { renew: false }),
    enabled: code !== "",
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  if (code === "") return <Over text={words.missing} />;
  if (query.error) {
    // Whatever the server calls it, a code it refuses opens nothing.
    const status = query.error instanceof ApiError ? query.error.status : 500;
    if (status < 500 && status !== 429) return <Over text={words.overText} />;
    return (
      <Doorway title={words.title} lead={words.reading}>
        <QueryError error={query.error} onRetry={() => void query.refetch()} />
      </Doorway>
    );
  }
  if (!query.data) {
    return (
      <Doorway title={words.title} lead={words.reading}>
        <SkeletonBlock height={260} />
      </Doorway>
    );
  }
  const { kind, workspace, role, name } = query.data;
  if (kind === "password" || !workspace || !role) {
    return (
      <Doorway title={words.again} lead={words.againLead(name)} foot={session.signIn.local}>
        <AcceptForm code={code} invited={query.data} />
      </Doorway>
    );
  }
  return (
    <Doorway
      title={words.title}
      lead={`${words.lead(workspace, frame.workspace.roles[role])} ${words.roles[role]}`}
      foot={session.signIn.local}
    >
      <AcceptForm code={code} invited={query.data} />
    </Doorway>
  );
}

function Over({ text }: { text: string }) {
  return (
    <Doorway title={words.over} lead={text}>
      <Button component="a" href="/sign-in" variant="default" fullWidth>
        {words.toSignIn}
      </Button>
    </Doorway>
  );
}

function AcceptForm({ code, invited }: { code: string; invited: Welcome }) {
  const router = useRouter();
  const queryClient = useQueryClient();
  // They are a user already, and only choose a new password.
  const known = invited.kind === "password";
  const form = useForm({
    initialValues: { name: invited.name, password: "" },
    validate: {
      name: (value) => (known || value.trim() ? null : session.setUp.needName),
      password: (value) => (value.length >= LEAST ? null : session.setUp.shortPassword),
    },
  });
  const accept = useMutation({
    mutationFn: (values: { name: string; password: string }) =>
      request(
        () =>
          api.POST("/api/v1/welcome/accept", {
            body: { code, name: values.name.trim(), password: values.password },
          }),
        { renew: false },
      ),
    onSuccess: (me) => {
      queryClient.clear();
      router.history.push("/");
      if (!known) notify({ title: words.greeting(me.name), message: words.greetingText });
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  const { password } = form.values;
  const named = Object.keys(fieldErrors(accept.error)).length > 0;
  return (
    <form
      className={classes.form}
      noValidate
      onSubmit={form.onSubmit(
        (values) => {
          if (!accept.isPending) accept.mutate(values);
        },
        (errors) => form.getInputNode(errors.name ? "name" : "password")?.focus(),
      )}
    >
      <TextInput
        label={words.email}
        description={words.emailHelp}
        type="email"
        value={invited.email}
        readOnly
        autoComplete="username"
      />
      {known ? null : (
        <TextInput
          label={words.name}
          description={words.nameHelp}
          autoComplete="name"
          autoFocus={!invited.name}
          {...form.getInputProps("name")}
        />
      )}
      <PasswordInput
        label={words.password}
        description={<PasswordHint length={password.length} />}
        autoComplete="new-password"
        autoFocus={known || Boolean(invited.name)}
        {...form.getInputProps("password")}
      />
      <Problem text={accept.error && !named ? wordError(accept.error).remedy : null} />
      <Button type="submit" fullWidth>
        {accept.isPending ? words.running : words.submit}
      </Button>
    </form>
  );
}

function PasswordHint({ length }: { length: number }) {
  if (length === 0) return session.setUp.passwordHelp;
  return length < LEAST ? words.more(LEAST - length) : `✓ ${words.enough}`;
}
