import { NativeSelect, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { AppsField } from "@/api/AppsField";
import { api, request, type Schema } from "@/api/client";
import { fieldErrors, wordError } from "@/api/errors";
import { tokensQuery } from "@/api/tokens";
import { CopyCode } from "@/ui/CopyCode";
import { FormDrawer } from "@/ui/FormDrawer";
import { SecretOnce } from "@/ui/SecretOnce";
import { keys } from "@/words/keys";
import { tokenSamples } from "@/words/snippets";
import classes from "./Keys.module.css";

const words = keys.tokens.form;
const ROLES: Schema["Role"][] = ["viewer", "builder", "success", "admin", "owner", "scim"];
const DAY = 86_400_000;

export function TokenForm({ workspace, onClose }: { workspace: string; onClose: () => void }) {
  const queryClient = useQueryClient();
  const form = useForm({
    validateInputOnBlur: true,
    // The least right and an end in sight, unless someone decides otherwise.
    initialValues: {
      name: "",
      role: "viewer" as Schema["Role"],
      apps: [] as string[],
      days: "365",
    },
    validate: { name: (value) => (value.trim() ? null : words.needName) },
  });
  const make = useMutation({
    mutationFn: (body: Schema["CreateToken"]) =>
      request(() =>
        api.POST("/api/v1/workspaces/{workspace}/tokens", {
          params: { path: { workspace } },
          body,
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries(tokensQuery(workspace)),
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  const made = make.data;
  return (
    <FormDrawer
      title={made ? words.done(made.name) : words.title}
      onClose={onClose}
      dirty={form.isDirty()}
      submit={words.submit}
      running={make.isPending ? words.running : null}
      problem={make.error ? wordError(make.error).remedy : undefined}
      onSubmit={form.onSubmit(
        ({ name, role, apps, days }) => {
          if (make.isPending) return;
          make.mutate({
            name: name.trim(),
            role,
            expires_at: expiryOf(Number(days)),
            apps: role === "builder" ? apps : [],
          });
        },
        () => form.getInputNode("name")?.focus(),
      )}
      done={
        made ? (
          <div className={classes.done}>
            <SecretOnce secret={made.secret} />
            <CopyCode
              label={words.samples}
              samples={tokenSamples(window.location.origin, workspace, made.secret)}
            />
          </div>
        ) : undefined
      }
    >
      <TextInput
        label={words.name}
        description={words.nameHelp}
        data-autofocus
        {...form.getInputProps("name")}
      />
      <NativeSelect
        label={words.role}
        description={words.roleHelp}
        data={ROLES}
        {...form.getInputProps("role")}
      />
      {form.values.role === "builder" ? (
        <AppsField workspace={workspace} help={words.appsHelp} {...form.getInputProps("apps")} />
      ) : null}
      <NativeSelect
        label={words.expires}
        data={[30, 90, 365, 0].map((days) => ({
          value: String(days),
          label: words.expiry[days as keyof typeof words.expiry],
        }))}
        {...form.getInputProps("days")}
      />
    </FormDrawer>
  );
}

function expiryOf(days: number): string | undefined {
  return days === 0 ? undefined : new Date(Date.now() + days * DAY).toISOString();
}
