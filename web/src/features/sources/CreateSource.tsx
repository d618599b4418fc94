import { PasswordInput, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { Source } from "@/api/access";
import { api, request } from "@/api/client";
import { fieldErrors, wordError } from "@/api/errors";
import { CopyButton } from "@/ui/CopyCode";
import { FormDrawer } from "@/ui/FormDrawer";
import { sources } from "@/words/sources";
import classes from "./Sources.module.css";
import { FIRST, keyOf, NEEDED } from "./settings";

const words = sources.create;
const SECRETS = new Set(["client_secret", "bind_password"]);

interface CreateSourceProps {
  kind: Source["kind"];
  taken: readonly string[];
  onClose: () => void;
}

/** Only what is needed to reach it; everything else stands on its own page, with defaults. */
export function CreateSource({ kind, taken, onClose }: CreateSourceProps) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const first = taken.includes(kind) ? "" : kind;
  const form = useForm<Record<string, string>>({
    validateInputOnBlur: true,
    initialValues: {
      name: "",
      key: first,
      ...Object.fromEntries(FIRST[kind].map((key) => [key, ""])),
    },
    validate: {
      name: (value) => (value?.trim() ? null : words.needName),
      key: (value) => (/^[a-z0-9][a-z0-9-]*$/.test(value ?? "") ? null : words.needKey),
      ...Object.fromEntries(
        NEEDED[kind].map((key) => [key, (value: string) => (value.trim() ? null : words.need)]),
      ),
    },
  });
  const create = useMutation({
    mutationFn: ({ name = "", key = "", ...settings }: Record<string, string>) =>
      request(() =>
        api.POST("/api/v1/sign-in-sources", {
          body: {
            kind,
            key,
            name: name.trim(),
            settings: Object.fromEntries(
              Object.entries(settings).filter(([, value]) => value.trim() !== ""),
            ),
          },
        }),
      ),
    onSuccess: async ({ key }) => {
      await queryClient.invalidateQueries({ queryKey: ["system", "sources"] });
      await navigate({ to: "/system/sign-in/$key", params: { key } });
    },
    onError: (error) =>
      form.setErrors(
        Object.fromEntries(
          Object.entries(fieldErrors(error)).map(([field, message]) => [
            field.replace(/^settings\./, ""),
            message,
          ]),
        ),
      ),
  });
  const callback = `${window.location.origin}/auth/oidc/callback`;
  return (
    <FormDrawer
      title={words.title[kind]}
      onClose={onClose}
      dirty={form.isDirty()}
      submit={words.submit}
      running={create.isPending ? words.running : null}
      problem={create.error ? wordError(create.error).remedy : undefined}
      onSubmit={form.onSubmit(
        (values) => {
          if (!create.isPending) create.mutate(values);
        },
        (errors) => form.getInputNode(Object.keys(errors)[0] ?? "name")?.focus(),
      )}
    >
      <TextInput
        label={words.name}
        description={words.nameHelp}
        data-autofocus
        {...form.getInputProps("name")}
        onChange={(event) => {
          const name = event.currentTarget.value;
          const { key, name: before } = form.values;
          if (key !== first && key === keyOf(before ?? "")) form.setFieldValue("key", keyOf(name));
          form.setFieldValue("name", name);
        }}
      />
      <TextInput
        label={words.key}
        description={words.keyHelp}
        spellCheck={false}
        {...form.getInputProps("key")}
      />
      {FIRST[kind].map((key) => {
        const Input = SECRETS.has(key) ? PasswordInput : TextInput;
        return (
          <Input
            key={key}
            label={sources.settings[key]?.label ?? key}
            description={sources.settings[key]?.help}
            autoComplete="off"
            spellCheck={false}
            {...form.getInputProps(key)}
          />
        );
      })}
      {kind === "oidc" ? (
        <div className={classes.callback}>
          <p className={classes.label}>{words.callback}</p>
          <p className={classes.help}>{words.callbackHelp}</p>
          <div className={classes.copy}>
            <code className={classes.wrap}>{callback}</code>
            <CopyButton text={callback} />
          </div>
        </div>
      ) : null}
    </FormDrawer>
  );
}
