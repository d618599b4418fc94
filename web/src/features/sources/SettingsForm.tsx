import { Button, PasswordInput, Switch, Textarea, TextInput } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Source, SourceSetting } from "@/api/access";
import { api, request } from "@/api/client";
import { fieldErrors, wordError } from "@/api/errors";
import { Card } from "@/ui/Card";
import { notify } from "@/ui/notify";
import { Stack } from "@/ui/Stack";
import { Tip } from "@/ui/Tip";
import { sources } from "@/words/sources";
import classes from "./Sources.module.css";
import { grouped, kindOf, shown, typed } from "./settings";

const words = sources.page;
type Typed = Record<string, string | boolean>;

/** Every setting with where its value comes from; what is set elsewhere is locked. */
export function SettingsForm({ source, writes }: { source: Source; writes: boolean }) {
  const queryClient = useQueryClient();
  const [changes, setChanges] = useState<Typed>({});
  const [wrong, setWrong] = useState<Record<string, string>>({});
  const save = useMutation({
    mutationFn: (settings: Record<string, string>) =>
      request(() =>
        api.PUT("/api/v1/sign-in-sources/{key}", {
          params: { path: { key: source.key } },
          body: { settings },
        }),
      ),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ["system", "sources"] });
      setChanges({});
      notify({ message: words.saved });
    },
    onError: (error) =>
      setWrong(
        Object.fromEntries(
          Object.entries(fieldErrors(error)).map(([key, text]) => [
            key.replace(/^settings\./, ""),
            text,
          ]),
        ),
      ),
  });
  const count = Object.keys(changes).length;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (save.isPending || count === 0) return;
    setWrong({});
    save.mutate(
      Object.fromEntries(
        source.settings.flatMap((setting) => {
          const text = changes[setting.key];
          return text === undefined ? [] : [[setting.key, typed(setting, text)]];
        }),
      ),
    );
  };
  const change = (setting: SourceSetting, text: string | boolean) => {
    setWrong(({ [setting.key]: _, ...rest }) => rest);
    setChanges(({ [setting.key]: _, ...rest }) =>
      text === shown(setting) ? rest : { ...rest, [setting.key]: text },
    );
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {source.problems.map((problem) => (
          <p key={problem} className={classes.problem}>
            {problem}
          </p>
        ))}
        {grouped(source.settings).map(([group, settings]) => (
          <Card key={group} title={words.groups[group]}>
            <div className={classes.fields}>
              {settings.map((setting) => (
                <Field
                  key={setting.key}
                  setting={setting}
                  value={changes[setting.key] ?? shown(setting)}
                  wrong={wrong[setting.key]}
                  fixed={!writes || setting.locked}
                  onChange={(text) => change(setting, text)}
                />
              ))}
            </div>
          </Card>
        ))}
        {save.error && Object.keys(wrong).length === 0 ? (
          <p className={classes.problem} role="alert">
            {wordError(save.error).remedy}
          </p>
        ) : null}
        {count > 0 ? (
          <footer className={classes.foot}>
            <span>{words.unsaved(count)}</span>
            <Button variant="default" onClick={() => setChanges({})}>
              {words.discard}
            </Button>
            <Button type="submit" miw={130}>
              {save.isPending ? words.saving : words.save}
            </Button>
          </footer>
        ) : null}
      </Stack>
    </form>
  );
}

interface FieldProps {
  setting: SourceSetting;
  value: string | boolean;
  wrong?: string;
  fixed: boolean;
  onChange: (text: string | boolean) => void;
}

function Field({ setting, value, wrong, fixed, onChange }: FieldProps) {
  const { label, help } = sources.settings[setting.key] ?? {
    label: setting.key.replaceAll("_", " "),
    help: setting.what,
  };
  const kind = kindOf(setting);
  const shared = { label, error: wrong, disabled: fixed };
  return (
    <div className={classes.field}>
      <div>
        {kind === "switch" ? (
          <Switch
            {...shared}
            description={help}
            checked={value === true}
            onChange={(event) => onChange(event.currentTarget.checked)}
          />
        ) : kind === "list" || kind === "map" ? (
          <Textarea
            {...shared}
            description={help}
            rows={3}
            spellCheck={false}
            value={String(value)}
            onChange={(event) => onChange(event.currentTarget.value)}
          />
        ) : kind === "secret" ? (
          <PasswordInput
            {...shared}
            description={setting.is_set ? words.stored : words.notStored}
            autoComplete="new-password"
            value={String(value)}
            onChange={(event) => onChange(event.currentTarget.value)}
          />
        ) : (
          <TextInput
            {...shared}
            description={help}
            spellCheck={false}
            value={String(value)}
            onChange={(event) => onChange(event.currentTarget.value)}
          />
        )}
      </div>
      <Origin setting={setting} />
    </div>
  );
}

/** Where the value comes from; a lock says where it can be changed. */
function Origin({ setting: { origin, locked, place } }: { setting: SourceSetting }) {
  const text = words.origins[origin];
  if (!locked) return <span className={classes.origin}>{text}</span>;
  return (
    <Tip label={place ? words.locked(place) : words.byConfiguration}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the reason must be reachable by keyboard */}
      <span className={classes.origin} data-locked tabIndex={0}>
        <IconLock size={14} stroke={1.5} aria-hidden="true" /> {text}
      </span>
    </Tip>
  );
}
