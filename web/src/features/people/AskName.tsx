import { NativeSelect, Textarea } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, request } from "@/api/client";
import { fieldErrors, wordError } from "@/api/errors";
import { FormDrawer } from "@/ui/FormDrawer";
import { notify } from "@/ui/notify";
import { privacy } from "@/words/privacy";

const words = privacy.person;
const HOURS = [1, 8, 24, 72] as const;

interface AskNameProps {
  workspace: string;
  id: string;
  onAsked: (state: string) => void;
  onClose: () => void;
}

/** No name without a purpose: it is written down before anybody sees anything. */
export default function AskName({ workspace, id, onAsked, onClose }: AskNameProps) {
  const queryClient = useQueryClient();
  const form = useForm({
    validateInputOnBlur: true,
    initialValues: { purpose: "", hours: "8" },
    validate: { purpose: (value) => (value.trim().length >= 10 ? null : words.needPurpose) },
  });
  const ask = useMutation({
    mutationFn: ({ purpose, hours }: typeof form.values) =>
      request(() =>
        api.POST("/api/v1/workspaces/{workspace}/people/{external_id}/unmask", {
          params: { path: { workspace, external_id: id } },
          body: { purpose: purpose.trim(), hours: Number(hours) },
        }),
      ),
    onSuccess: ({ state }) => {
      notify({ message: state === "granted" ? words.granted : words.asked });
      onAsked(state);
      return queryClient.invalidateQueries({ queryKey: ["w", workspace] });
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  return (
    <FormDrawer
      title={words.title}
      onClose={onClose}
      dirty={form.isDirty()}
      submit={words.submit}
      running={ask.isPending ? words.running : null}
      problem={ask.error ? wordError(ask.error).remedy : undefined}
      onSubmit={form.onSubmit(
        (values) => {
          if (!ask.isPending) ask.mutate(values);
        },
        () => form.getInputNode("purpose")?.focus(),
      )}
    >
      <p>{words.lead}</p>
      <Textarea
        label={words.purpose}
        description={words.purposeHelp}
        rows={3}
        data-autofocus
        {...form.getInputProps("purpose")}
      />
      <NativeSelect
        label={words.hours}
        data={HOURS.map((hours) => ({ value: String(hours), label: words.hoursOf[hours] ?? "" }))}
        {...form.getInputProps("hours")}
      />
    </FormDrawer>
  );
}
