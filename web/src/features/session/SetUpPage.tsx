import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { api, request, type Schema } from "@/api/client";
import { fieldErrors, wordError } from "@/api/errors";
import classes from "@/session/forms.module.css";
import { session as words } from "@/words/session";
import { Doorway } from "./Doorway";
import { setupQuery } from "./queries";

const say = words.setUp;

/** The first owner of an installation; the code proves access to the server's own output. */
export function SetUpPage() {
  const state = useQuery(setupQuery);
  if (state.data?.needed === false) {
    return (
      <Doorway title={say.doneTitle} lead={say.done}>
        <Button component="a" href="/sign-in" fullWidth>
          {words.signIn.title}
        </Button>
      </Doorway>
    );
  }
  return (
    <Doorway title={say.title} lead={say.lead} foot={words.signIn.local}>
      <SetUpForm />
    </Doorway>
  );
}

type Values = Schema["SetUp"];
const ORDER: (keyof Values)[] = ["code", "name", "email", "password"];

function SetUpForm() {
  const { code = "" } = useSearch({ from: "/setup" });
  const router = useRouter();
  const queryClient = useQueryClient();
  const form = useForm<Values>({
    mode: "uncontrolled",
    validateInputOnBlur: true,
    initialValues: { code, name: "", email: "", password: "" },
    validate: {
      code: (value) => (value.trim() ? null : say.needCode),
      name: (value) => (value.trim() ? null : say.needName),
      email: (value) => (value.trim() ? null : words.signIn.needEmail),
      password: (value) => (value.length >= 12 ? null : say.shortPassword),
    },
  });
  const leadToFirst = (errors: Record<string, unknown>) => {
    const first = ORDER.find((key) => errors[key]);
    if (first) form.getInputNode(first)?.focus();
  };
  const setUp = useMutation({
    mutationFn: (body: Values) =>
      request(() => api.POST("/api/v1/setup", { body }), { renew: false }),
    onSuccess: () => {
      queryClient.clear();
      router.history.push("/");
    },
    onError: (error) => {
      const errors = fieldErrors(error);
      form.setErrors(errors);
      leadToFirst(errors);
    },
  });
  return (
    <form
      className={classes.form}
      noValidate
      onSubmit={form.onSubmit((values) => setUp.mutate(values), leadToFirst)}
    >
      <TextInput
        label={say.code}
        autoComplete="one-time-code"
        key={form.key("code")}
        {...form.getInputProps("code")}
      />
      <TextInput
        label={say.name}
        autoComplete="name"
        key={form.key("name")}
        {...form.getInputProps("name")}
      />
      <TextInput
        label={say.email}
        type="email"
        autoComplete="username"
        key={form.key("email")}
        {...form.getInputProps("email")}
      />
      <PasswordInput
        label={say.password}
        description={say.passwordHelp}
        autoComplete="new-password"
        key={form.key("password")}
        {...form.getInputProps("password")}
      />
      {setUp.error && Object.keys(fieldErrors(setUp.error)).length === 0 ? (
        <p className={classes.problem} role="alert">
          {wordError(setUp.error).remedy}
        </p>
      ) : null}
      <Button type="submit" fullWidth>
        {setUp.isPending ? say.running : say.submit}
      </Button>
    </form>
  );
}
