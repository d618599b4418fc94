import { NativeSelect } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { AppsField } from "@/api/AppsField";
import { type ConsoleRole, ROLES, type UserDetail } from "@/api/access";
import { api, request } from "@/api/client";
import { fieldErrors, wordError } from "@/api/errors";
import { useMe } from "@/session/session";
import { FormDrawer } from "@/ui/FormDrawer";
import { notify } from "@/ui/notify";
import { frame } from "@/words/frame";
import { users } from "@/words/users";
import classes from "./Users.module.css";

const words = users.user.roles;

interface RoleFormProps {
  user: UserDetail;
  workspace: string;
  name: string;
  onClose: () => void;
}

/** The grant by hand; what groups give stays as it is beside it. */
export function RoleForm({ user, workspace, name, onClose }: RoleFormProps) {
  const queryClient = useQueryClient();
  const me = useMe();
  const isOwner = me.roles.some((each) => each.workspace === workspace && each.role === "owner");
  const here = user.roles.filter((each) => each.workspace === workspace);
  const manual = here.find(({ origin }) => origin === "manual");
  const others = here.filter(({ origin }) => origin !== "manual");
  const form = useForm({
    initialValues: { role: (manual?.role ?? "") as ConsoleRole | "", apps: manual?.apps ?? [] },
  });
  const save = useMutation({
    mutationFn: ({ role, apps }: typeof form.values) =>
      request(() =>
        api.PUT("/api/v1/users/{id}/roles", {
          params: { path: { id: user.id } },
          body: { workspace, role: role || null, apps: role === "builder" ? apps : [] },
        }),
      ),
    onSuccess: () => {
      notify({ message: words.done(user.name || user.email) });
      onClose();
      return queryClient.invalidateQueries({ queryKey: ["system"] });
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  // Nobody grants above themselves; what is granted already can be seen and lowered.
  const choices = ROLES.filter((role) => isOwner || role !== "owner" || manual?.role === "owner");
  return (
    <FormDrawer
      title={words.title2(name)}
      onClose={onClose}
      dirty={form.isDirty()}
      submit={words.submit}
      running={save.isPending ? words.running : null}
      problem={save.error ? wordError(save.error).remedy : undefined}
      onSubmit={form.onSubmit((values) => {
        if (!save.isPending) save.mutate(values);
      })}
    >
      <NativeSelect
        label={words.byHand}
        description={form.values.role ? users.roleText[form.values.role] : undefined}
        data-autofocus
        data={[
          { value: "", label: words.nothing },
          ...choices.map((value) => ({ value, label: frame.workspace.roles[value] })),
        ]}
        {...form.getInputProps("role")}
      />
      {form.values.role === "builder" ? (
        <AppsField workspace={workspace} {...form.getInputProps("apps")} />
      ) : null}
      {others.map(({ origin, role }) => (
        <p key={origin} className={classes.lead}>
          {words.keeps(frame.workspace.roles[role], origin)}
        </p>
      ))}
    </FormDrawer>
  );
}
