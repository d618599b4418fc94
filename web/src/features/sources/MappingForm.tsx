import { Autocomplete, NativeSelect, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ROLES, type Source } from "@/api/access";
import { api, request } from "@/api/client";
import { fieldErrors, wordError } from "@/api/errors";
import { appNamesQuery } from "@/api/names";
import { useMe, useWorkspaces } from "@/session/session";
import { FormDrawer } from "@/ui/FormDrawer";
import { notify } from "@/ui/notify";
import { frame } from "@/words/frame";
import { users } from "@/words/users";

const words = users.groups.form;

interface MappingFormProps {
  sources: readonly Source[];
  onClose: () => void;
}

export function MappingForm({ sources, onClose }: MappingFormProps) {
  const queryClient = useQueryClient();
  const workspaces = useWorkspaces();
  const isOwner = useMe().roles.some(({ role }) => role === "owner");
  const form = useForm({
    validateInputOnBlur: true,
    initialValues: {
      source: sources[0]?.key ?? "",
      group: "",
      workspace: workspaces[0]?.slug ?? "",
      role: "viewer" as (typeof ROLES)[number],
      app: "",
    },
    validate: { group: (value) => (value.trim() ? null : words.needGroup) },
  });
  const { workspace, role } = form.values;
  const apps = useQuery({ ...appNamesQuery(workspace), enabled: role === "builder" });
  const add = useMutation({
    mutationFn: (values: typeof form.values) =>
      request(() =>
        api.POST("/api/v1/group-mappings", {
          body: {
            source: values.source,
            group: values.group.trim(),
            workspace: values.workspace,
            role: values.role,
            app: (values.role === "builder" && values.app.trim()) || undefined,
          },
        }),
      ),
    onSuccess: (_, { group }) => {
      notify({ message: words.done(group.trim()) });
      onClose();
      return queryClient.invalidateQueries({ queryKey: ["system", "mappings"] });
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  return (
    <FormDrawer
      title={words.title}
      onClose={onClose}
      dirty={form.isDirty()}
      submit={words.submit}
      running={add.isPending ? words.running : null}
      problem={add.error ? wordError(add.error).remedy : undefined}
      onSubmit={form.onSubmit(
        (values) => {
          if (!add.isPending) add.mutate(values);
        },
        () => form.getInputNode("group")?.focus(),
      )}
    >
      <NativeSelect
        label={words.source}
        data={sources.map(({ key, name }) => ({ value: key, label: name }))}
        {...form.getInputProps("source")}
      />
      <TextInput
        label={words.group}
        description={words.groupHelp}
        data-autofocus
        spellCheck={false}
        {...form.getInputProps("group")}
      />
      <NativeSelect
        label={words.workspace}
        data={workspaces.map(({ slug, name }) => ({ value: slug, label: name }))}
        {...form.getInputProps("workspace")}
      />
      <NativeSelect
        label={words.role}
        description={users.roleText[role]}
        data={ROLES.filter((each) => isOwner || each !== "owner").map((value) => ({
          value,
          label: frame.workspace.roles[value],
        }))}
        {...form.getInputProps("role")}
      />
      {role === "builder" ? (
        <Autocomplete
          label={words.app}
          description={words.appHelp}
          data={apps.data?.map(({ value }) => value) ?? []}
          limit={8}
          {...form.getInputProps("app")}
        />
      ) : null}
    </FormDrawer>
  );
}
