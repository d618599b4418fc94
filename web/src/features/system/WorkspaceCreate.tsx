import { Autocomplete, NativeSelect, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, request, type Schema } from "@/api/client";
import { fieldErrors, wordError } from "@/api/errors";
import { meQuery, workspacesQuery } from "@/session/queries";
import { FormDrawer } from "@/ui/FormDrawer";
import { notify } from "@/ui/notify";
import { system } from "@/words/system";
import { isSlug, isZone, slugOf, zones } from "./settings";

const words = system.workspaces.create;

export function WorkspaceCreate({ onClose }: { onClose: () => void }) {
  const queryClient = useQueryClient();
  const here = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const form = useForm({
    validateInputOnBlur: true,
    initialValues: { name: "", slug: "", kind: "internal", time_zone: here },
    validate: {
      name: (value) => (value.trim() ? null : words.needName),
      slug: (value) => (isSlug(value) ? null : words.needSlug),
      time_zone: (value) => (isZone(value) ? null : words.needZone),
    },
  });
  const create = useMutation({
    mutationFn: (body: Schema["CreateWorkspace"]) =>
      request(() => api.POST("/api/v1/workspaces", { body })),
    onSuccess: async ({ name }) => {
      // The new one brings rights with it.
      await Promise.all([
        queryClient.invalidateQueries(workspacesQuery),
        queryClient.invalidateQueries(meQuery),
      ]);
      notify({ message: words.done(name) });
      onClose();
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  return (
    <FormDrawer
      title={words.title}
      onClose={onClose}
      dirty={form.isDirty()}
      submit={words.submit}
      running={create.isPending ? words.running : null}
      problem={create.error ? wordError(create.error).remedy : undefined}
      onSubmit={form.onSubmit(
        ({ name, slug, kind, time_zone }) => {
          if (create.isPending) return;
          create.mutate({
            name: name.trim(),
            slug,
            kind: kind === "vendor" ? "vendor" : "internal",
            time_zone,
          });
        },
        (errors) => form.getInputNode(Object.keys(errors)[0] ?? "name")?.focus(),
      )}
    >
      <TextInput
        label={words.name}
        data-autofocus
        {...form.getInputProps("name")}
        onChange={(event) => {
          const name = event.currentTarget.value;
          // The address follows the name until it is written by hand.
          if (form.values.slug === slugOf(form.values.name)) {
            form.setFieldValue("slug", slugOf(name));
          }
          form.setFieldValue("name", name);
        }}
      />
      <TextInput label={words.slug} description={words.slugHelp} {...form.getInputProps("slug")} />
      <NativeSelect
        label={words.kind}
        data={(["internal", "vendor"] as const).map((value) => ({
          value,
          label: system.workspaces.kinds[value],
        }))}
        {...form.getInputProps("kind")}
      />
      <Autocomplete
        label={words.zone}
        description={words.zoneHelp}
        data={zones()}
        limit={20}
        {...form.getInputProps("time_zone")}
      />
    </FormDrawer>
  );
}
