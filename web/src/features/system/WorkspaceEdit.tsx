import { Autocomplete, Switch, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, request, type Schema } from "@/api/client";
import { fieldErrors, wordError } from "@/api/errors";
import { QueryError } from "@/api/QueryError";
import { workspacesQuery } from "@/session/queries";
import { FormDrawer } from "@/ui/FormDrawer";
import { notify } from "@/ui/notify";
import { SkeletonBlock } from "@/ui/Skeletons";
import { system } from "@/words/system";
import { settingsQuery } from "./queries";
import { changesOf, daysOf, groupOf, isZone, zones } from "./settings";

const words = system.workspaces.edit;
const { create } = system.workspaces;

type Settings = Schema["WorkspaceSettings"];

interface WorkspaceEditProps {
  workspace: { slug: string; name: string };
  onClose: () => void;
}

export function WorkspaceEdit({ workspace, onClose }: WorkspaceEditProps) {
  const query = useQuery({ ...settingsQuery(workspace.slug), staleTime: 0 });
  // Only settings read after opening: what another tab saved must not be written over.
  if (query.data && !query.isFetching) return <Form settings={query.data} onClose={onClose} />;
  return (
    <FormDrawer
      title={words.title(workspace.name)}
      onClose={onClose}
      dirty={false}
      submit={words.submit}
      onSubmit={(event) => event?.preventDefault()}
    >
      {query.error ? (
        <QueryError error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <SkeletonBlock height={420} />
      )}
    </FormDrawer>
  );
}

function Form({ settings, onClose }: { settings: Settings; onClose: () => void }) {
  const queryClient = useQueryClient();
  const form = useForm({
    validateInputOnBlur: true,
    initialValues: {
      name: settings.name,
      time_zone: settings.time_zone,
      retention_days_events: String(settings.retention_days_events ?? ""),
      retention_days_jobs: String(settings.retention_days_jobs),
      excluded: {
        ids: settings.excluded.ids.join("\n"),
        email_domains: settings.excluded.email_domains.join("\n"),
      },
      privacy: {
        pseudonyms: settings.privacy.pseudonyms,
        smallest_group: String(settings.privacy.smallest_group),
        personal_traits: settings.privacy.personal_traits.join("\n"),
      },
    },
    validate: {
      name: (value) => (value.trim() ? null : create.needName),
      time_zone: (value) => (isZone(value) ? null : create.needZone),
      retention_days_events: (value) => (daysOf(value, 31) === undefined ? words.needEvents : null),
      retention_days_jobs: (value) => (daysOf(value, 1) ? null : words.needJobs),
      privacy: {
        smallest_group: (value) => (groupOf(value) ? null : words.needGroup),
      },
    },
  });
  const save = useMutation({
    mutationFn: (body: Schema["ChangeWorkspace"]) =>
      request(() =>
        api.PATCH("/api/v1/workspaces/{workspace}", {
          params: { path: { workspace: settings.slug } },
          body,
        }),
      ),
    onSuccess: async ({ name }) => {
      notify({ message: words.done(name) });
      onClose();
      // Zone and excluded people change figures everywhere.
      await Promise.all([
        queryClient.invalidateQueries(workspacesQuery),
        queryClient.invalidateQueries({ queryKey: ["w", settings.slug] }),
      ]);
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  const kept = daysOf(form.values.retention_days_events, 31);
  const shorter = kept && kept < (settings.retention_days_events ?? Number.POSITIVE_INFINITY);
  return (
    <FormDrawer
      title={words.title(settings.name)}
      onClose={onClose}
      dirty={form.isDirty()}
      submit={words.submit}
      running={save.isPending ? words.running : null}
      problem={save.error ? wordError(save.error).remedy : undefined}
      onSubmit={form.onSubmit(
        (values) => {
          if (!save.isPending) save.mutate(changesOf(settings, values));
        },
        (errors) => form.getInputNode(Object.keys(errors)[0] ?? "name")?.focus(),
      )}
    >
      <TextInput label={create.name} data-autofocus {...form.getInputProps("name")} />
      <Autocomplete
        label={create.zone}
        description={settings.has_events ? words.zoneFixed : create.zoneHelp}
        readOnly={settings.has_events}
        data={settings.has_events ? [] : zones()}
        limit={20}
        {...form.getInputProps("time_zone")}
      />
      <TextInput
        label={words.keepEvents}
        description={shorter ? words.shorter(kept) : words.keepEventsHelp}
        inputMode="numeric"
        {...form.getInputProps("retention_days_events")}
      />
      <TextInput
        label={words.keepJobs}
        description={words.keepJobsHelp}
        inputMode="numeric"
        {...form.getInputProps("retention_days_jobs")}
      />
      <Textarea
        label={words.ids}
        description={words.idsHelp}
        rows={4}
        {...form.getInputProps("excluded.ids")}
      />
      <Textarea
        label={words.domains}
        description={words.domainsHelp}
        rows={3}
        {...form.getInputProps("excluded.email_domains")}
      />
      <Switch
        label={words.pseudonyms}
        description={words.pseudonymsHelp}
        {...form.getInputProps("privacy.pseudonyms", { type: "checkbox" })}
      />
      <TextInput
        label={words.smallest}
        description={words.smallestHelp}
        inputMode="numeric"
        {...form.getInputProps("privacy.smallest_group")}
      />
      <Textarea
        label={words.traits}
        description={words.traitsHelp}
        rows={3}
        {...form.getInputProps("privacy.personal_traits")}
      />
    </FormDrawer>
  );
}
