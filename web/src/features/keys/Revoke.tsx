import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, request } from "@/api/client";
import { wordError } from "@/api/errors";
import { notify } from "@/ui/notify";
import { TypeToConfirm } from "@/ui/TypeToConfirm";
import { keys } from "@/words/keys";

const words = keys.revoke;

export interface Revocable {
  kind: "write-keys" | "tokens";
  id: number;
  name: string;
}

interface RevokeProps {
  workspace: string;
  what: Revocable;
  onClose: () => void;
}

export function Revoke({ workspace, what: { kind, id, name }, onClose }: RevokeProps) {
  const queryClient = useQueryClient();
  const revoke = useMutation({
    mutationFn: () =>
      request(() =>
        api.DELETE(`/api/v1/workspaces/{workspace}/${kind}/{id}`, {
          params: { path: { workspace, id: String(id) } },
        }),
      ),
    onSuccess: () => {
      notify({ message: words.done(name) });
      onClose();
      return queryClient.invalidateQueries({ queryKey: ["w", workspace, kind] });
    },
  });
  return (
    <TypeToConfirm
      title={words.title(name)}
      text={words.text}
      name={name}
      label={words.type(name)}
      mismatch={words.mismatch}
      submit={revoke.isPending ? words.running : words.submit}
      problem={revoke.error ? wordError(revoke.error).remedy : null}
      onConfirm={() => !revoke.isPending && revoke.mutate()}
      onClose={onClose}
    />
  );
}
