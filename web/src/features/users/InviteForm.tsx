import { NativeSelect, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { AppsField } from "@/api/AppsField";
import { ROLES } from "@/api/access";
import { api, request } from "@/api/client";
import { fieldErrors, wordError } from "@/api/errors";
import { useMe, useWorkspaces } from "@/session/session";
import { FormDrawer } from "@/ui/FormDrawer";
import { formatInstantDay } from "@/ui/format";
import { SecretOnce } from "@/ui/SecretOnce";
import { frame } from "@/words/frame";
import { ui } from "@/words/ui";
import { users } from "@/words/users";
import classes from "./Users.module.css";

const words = users.form;

/** Whoever is invited gets a link; the link is shown once and handed over by the inviter. */
export function InviteForm({ onClose }: { onClose: () => void }) {
  const queryClient = useQueryClient();
  const workspaces = useWorkspaces();
  const isOwner = useMe().roles.some(({ role }) => role === "owner");
  const form = useForm({
    validateInputOnBlur: true,
    initialValues: {
      email: "",
      name: "",
      workspace: workspaces[0]?.slug ?? "",
      // The least right, unless someone decides otherwise.
      role: "viewer" as (typeof ROLES)[number],
      apps: [] as string[],
    },
    validate: { email: (value) => (/^\S+@\S+$/.test(value.trim()) ? null : words.needEmail) },
  });
  const invite = useMutation({
    mutationFn: (values: typeof form.values) =>
      request(() =>
        api.POST("/api/v1/invitations", {
          body: {
            email: values.email.trim(),
            name: values.name.trim() || undefined,
            workspace: values.workspace,
            role: values.role,
            apps: values.role === "builder" ? values.apps : [],
          },
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["system", "users"] }),
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  const made = invite.data;
  return (
    <FormDrawer
      title={made ? words.done(form.values.email.trim()) : words.title}
      onClose={onClose}
      dirty={form.isDirty()}
      submit={words.submit}
      running={invite.isPending ? words.running : null}
      problem={invite.error ? wordError(invite.error).remedy : undefined}
      onSubmit={form.onSubmit(
        (values) => {
          if (!invite.isPending) invite.mutate(values);
        },
        () => form.getInputNode("email")?.focus(),
      )}
      done={
        made ? (
          <div className={classes.done}>
            <p>{words.give}</p>
            <SecretOnce secret={made.url} note={ui.secret.link} />
            <p className={classes.sub}>{words.until(formatInstantDay(made.expires_at))}</p>
          </div>
        ) : undefined
      }
    >
      <TextInput
        label={words.email}
        type="email"
        autoComplete="off"
        data-autofocus
        {...form.getInputProps("email")}
      />
      <TextInput
        label={words.name}
        description={words.nameHelp}
        autoComplete="off"
        {...form.getInputProps("name")}
      />
      <NativeSelect
        label={words.workspace}
        data={workspaces.map(({ slug, name }) => ({ value: slug, label: name }))}
        {...form.getInputProps("workspace")}
      />
      <NativeSelect
        label={words.role}
        description={users.roleText[form.values.role]}
        data={ROLES.filter((role) => isOwner || role !== "owner").map((value) => ({
          value,
          label: frame.workspace.roles[value],
        }))}
        {...form.getInputProps("role")}
      />
      {form.values.role === "builder" ? (
        <AppsField workspace={form.values.workspace} {...form.getInputProps("apps")} />
      ) : null}
    </FormDrawer>
  );
}
