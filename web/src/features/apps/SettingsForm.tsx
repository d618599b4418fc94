import { Button, NativeSelect, TagsInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, request, type Schema } from "@/api/client";
import { fieldErrors, wordError } from "@/api/errors";
import { apps } from "@/words/apps";
import { ui } from "@/words/ui";
import classes from "./Apps.module.css";

const words = apps.settings;
const rhythms = ["weekday", "week", "month", "quarter", "year", "irregular"] as const;

interface SettingsFormProps {
  app: Schema["App"];
  workspace: string;
  locked: boolean;
}

interface Values {
  /** Empty: as learned. */
  rhythm: string;
  owners: string[];
  tags: string[];
}

export function SettingsForm({ app, workspace, locked }: SettingsFormProps) {
  const client = useQueryClient();
  const form = useForm<Values>({
    initialValues: {
      rhythm: app.rhythm_set_by_hand ? app.rhythm : "",
      owners: app.owners,
      tags: app.tags,
    },
    validateInputOnBlur: true,
    validate: {
      owners: (owners) => {
        const wrong = owners.find((owner) => !/^[^\s@]+@[^\s@]+$/.test(owner));
        return wrong === undefined ? null : words.badOwner(wrong);
      },
    },
  });
  const save = useMutation({
    mutationFn: ({ rhythm, owners, tags }: Values) =>
      request(() =>
        api.PATCH("/api/v1/workspaces/{workspace}/apps/{app}", {
          params: { path: { workspace, app: app.app } },
          body: { rhythm: rhythm === "" ? null : rhythm, owners, tags },
        }),
      ),
    onSuccess: (saved, values) => {
      form.resetDirty(values);
      client.setQueryData(["w", workspace, "apps", "one", app.app], saved);
      void client.invalidateQueries({ queryKey: ["w", workspace, "apps"] });
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  const problem = save.error && wordError(save.error);
  const learned =
    app.rhythm_set_by_hand || app.rhythm === "unknown"
      ? words.learnedUnknown
      : words.learned(ui.rhythm[app.rhythm]);

  return (
    <form className={classes.form} onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <NativeSelect
        label={words.rhythm}
        description={words.rhythmHelp}
        disabled={locked}
        data={[
          { value: "", label: app.rhythm_set_by_hand ? words.asLearned : learned },
          ...rhythms.map((value) => ({ value, label: words.byHand(ui.rhythm[value]) })),
        ]}
        {...form.getInputProps("rhythm")}
      />
      <TagsInput
        label={words.owners}
        description={words.ownersHelp}
        placeholder={words.ownersPlaceholder}
        disabled={locked}
        {...form.getInputProps("owners")}
      />
      <TagsInput
        label={words.tags}
        description={words.tagsHelp}
        placeholder={words.tagsPlaceholder}
        disabled={locked}
        {...form.getInputProps("tags")}
      />
      {!locked && (
        <div className={classes.submit}>
          <Button type="submit">{save.isPending ? words.saving : words.save}</Button>
          <span role="status">{save.isSuccess && !form.isDirty() ? words.saved(app.app) : ""}</span>
          {problem && (
            <span role="alert" className={classes.failed}>
              {words.failed}: {problem.title}. {problem.remedy}
            </span>
          )}
        </div>
      )}
    </form>
  );
}
