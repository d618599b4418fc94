import { Autocomplete, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, request } from "@/api/client";
import { fieldErrors, wordError } from "@/api/errors";
import { appNamesQuery } from "@/api/names";
import { CopyCode } from "@/ui/CopyCode";
import { FormDrawer } from "@/ui/FormDrawer";
import { SecretOnce } from "@/ui/SecretOnce";
import { keys } from "@/words/keys";
import { eventSamples } from "@/words/snippets";
import classes from "./Keys.module.css";
import { writeKeysQuery } from "./queries";

const words = keys.write.form;

export function WriteKeyForm({ workspace, onClose }: { workspace: string; onClose: () => void }) {
  const queryClient = useQueryClient();
  const apps = useQuery(appNamesQuery(workspace));
  const form = useForm({
    validateInputOnBlur: true,
    initialValues: { name: "", app: "" },
    validate: { name: (value) => (value.trim() ? null : words.needName) },
  });
  const make = useMutation({
    mutationFn: (body: { name: string; app?: string }) =>
      request(() =>
        api.POST("/api/v1/workspaces/{workspace}/write-keys", {
          params: { path: { workspace } },
          body,
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries(writeKeysQuery(workspace)),
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  const made = make.data;
  const app = form.values.app.trim();
  return (
    <FormDrawer
      title={made ? words.done(made.name) : words.title}
      onClose={onClose}
      dirty={form.isDirty()}
      submit={words.submit}
      running={make.isPending ? words.running : null}
      problem={make.error ? wordError(make.error).remedy : undefined}
      onSubmit={form.onSubmit(
        ({ name }) => {
          if (make.isPending) return;
          make.mutate({ name: name.trim(), app: app || undefined });
        },
        () => form.getInputNode("name")?.focus(),
      )}
      done={
        made ? (
          <div className={classes.done}>
            <SecretOnce secret={made.secret} />
            <CopyCode
              label={words.samples}
              samples={eventSamples(window.location.origin, made.secret, app || undefined)}
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
      <Autocomplete
        label={words.app}
        description={words.appHelp}
        data={apps.data?.map(({ value }) => value) ?? []}
        limit={8}
        {...form.getInputProps("app")}
      />
    </FormDrawer>
  );
}
