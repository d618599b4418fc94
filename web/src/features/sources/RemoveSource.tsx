import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { Source } from "@/api/access";
import { api, request } from "@/api/client";
import { wordError } from "@/api/errors";
import { notify } from "@/ui/notify";
import { TypeToConfirm } from "@/ui/TypeToConfirm";
import { sources } from "@/words/sources";

const words = sources.removing;

export function RemoveSource({ source, onClose }: { source: Source; onClose: () => void }) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const { key, name } = source;
  const remove = useMutation({
    mutationFn: () =>
      request(() => api.DELETE("/api/v1/sign-in-sources/{key}", { params: { path: { key } } })),
    onSuccess: async () => {
      notify({ message: words.done(name) });
      await navigate({ to: "/system/sign-in" });
      await queryClient.invalidateQueries({ queryKey: ["system"] });
    },
  });
  return (
    <TypeToConfirm
      title={words.title(name)}
      text={words.text}
      name={name}
      label={words.type(name)}
      mismatch={words.mismatch}
      submit={remove.isPending ? words.running : words.submit}
      problem={remove.error ? wordError(remove.error).remedy : null}
      onConfirm={() => !remove.isPending && remove.mutate()}
      onClose={onClose}
    />
  );
}
