import { NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { AskPrivacy as Ask } from "@/api/access";
import { api, request } from "@/api/client";
import { fieldErrors, wordError } from "@/api/errors";
import { FormDrawer } from "@/ui/FormDrawer";
import { notify } from "@/ui/notify";
import { TypeToConfirm } from "@/ui/TypeToConfirm";
import { privacy } from "@/words/privacy";

const words = privacy.requests;
type Kind = Ask["kind"];

interface RequestFormProps {
  workspace: string;
  kind: Kind;
  person?: string;
  onClose: () => void;
}

export function RequestForm({ workspace, kind, person = "", onClose }: RequestFormProps) {
  const queryClient = useQueryClient();
  const [sure, setSure] = useState<Ask | null>(null);
  const form = useForm<Ask>({
    validateInputOnBlur: true,
    initialValues: { kind, external_id: person, reason: "" },
    validate: {
      external_id: (value) => (value.trim() ? null : words.form.needPerson),
      reason: (value) => (value.trim() ? null : words.form.needReason),
    },
  });
  const ask = useMutation({
    mutationFn: (body: Ask) =>
      request(() =>
        api.POST("/api/v1/workspaces/{workspace}/privacy-requests", {
          params: { path: { workspace } },
          body,
        }),
      ),
    onSuccess: (_, body) => {
      notify({ message: words.done(words.kinds[body.kind] ?? body.kind, body.external_id) });
      onClose();
      return queryClient.invalidateQueries({ queryKey: ["w", workspace, "privacy-requests"] });
    },
    onError: (error) => {
      const errors = fieldErrors(error);
      form.setErrors(errors);
      if (Object.keys(errors).length > 0) setSure(null);
    },
  });
  const problem = ask.error ? wordError(ask.error).remedy : undefined;
  if (sure) {
    return (
      <TypeToConfirm
        title={words.erase.title(sure.external_id)}
        text={words.erase.text}
        name={sure.external_id}
        label={words.erase.type(sure.external_id)}
        mismatch={words.erase.mismatch}
        submit={ask.isPending ? words.erase.running : words.erase.submit}
        problem={problem}
        onConfirm={() => !ask.isPending && ask.mutate(sure)}
        onClose={() => setSure(null)}
      />
    );
  }
  return (
    <FormDrawer
      title={words.form.title}
      onClose={onClose}
      dirty={form.isDirty()}
      submit={words.form.submit}
      running={ask.isPending ? words.form.running : null}
      problem={problem}
      onSubmit={form.onSubmit(
        (values) => {
          const body = {
            kind: values.kind,
            external_id: values.external_id.trim(),
            reason: values.reason.trim(),
          };
          if (body.kind === "erasure") setSure(body);
          else if (!ask.isPending) ask.mutate(body);
        },
        (errors) => form.getInputNode(errors.external_id ? "external_id" : "reason")?.focus(),
      )}
    >
      <NativeSelect
        label={words.form.kind}
        data={(["export", "erasure"] as const).map((value) => ({
          value,
          label: words.form.kinds[value],
        }))}
        {...form.getInputProps("kind")}
      />
      <TextInput
        label={words.form.person}
        description={words.form.personHelp}
        data-autofocus={person ? undefined : true}
        spellCheck={false}
        {...form.getInputProps("external_id")}
      />
      <Textarea
        label={words.form.reason}
        description={words.form.reasonHelp}
        data-autofocus={person ? true : undefined}
        rows={3}
        {...form.getInputProps("reason")}
      />
    </FormDrawer>
  );
}
