import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, request } from "@/api/client";
import { wordError } from "@/api/errors";
import { useCan } from "@/session/session";
import { Card } from "@/ui/Card";
import { notify } from "@/ui/notify";
import { undoable } from "@/ui/undo";
import { people } from "@/words/people";
import classes from "./KnownAs.module.css";
import { personQuery } from "./queries";

const words = people.person.knownAs;

interface KnownAsProps {
  workspace: string;
  person: string;
  ids: readonly string[];
}

/** The other ids of a person; what does not belong together can be taken apart. */
export function KnownAs({ workspace, person, ids }: KnownAsProps) {
  const can = useCan();
  const { apart, running } = useTakeApart(workspace, person);
  if (ids.length === 0) return null;
  return (
    <Card title={<span id="known-as">{words.title}</span>}>
      <p className={classes.text}>{words.text}</p>
      <ul className={classes.ids}>
        {ids.map((id) => (
          <li key={id} className={classes.row}>
            <bdi className={classes.id}>{id}</bdi>
            {can("people.merge") ? (
              <Button
                variant="subtle"
                size="compact-sm"
                aria-label={words.apartId(id)}
                onClick={() => running === undefined && apart(id)}
                data-noprint
              >
                {running === id ? words.running : words.apart}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function useTakeApart(workspace: string, external_id: string) {
  const queryClient = useQueryClient();
  const params = (merged_id: string) => ({
    params: { path: { workspace, external_id, merged_id } },
  });
  const path = "/api/v1/workspaces/{workspace}/people/{external_id}/merged/{merged_id}" as const;
  const know = (change: (ids: string[]) => string[]) => {
    queryClient.setQueryData(personQuery(workspace, external_id).queryKey, (old) =>
      old ? { ...old, merged: change(old.merged) } : old,
    );
    // Events move between people, so every figure may change.
    void queryClient.invalidateQueries({ queryKey: ["w", workspace] });
  };
  const again = useMutation({
    mutationFn: (id: string) => request(() => api.PUT(path, params(id))),
    onSuccess: (_, id) => know((ids) => [...ids, id]),
    onError: (error, id) =>
      notify({ failed: true, title: words.undoFailed(id), message: wordError(error).remedy }),
  });
  const apart = useMutation({
    mutationFn: (id: string) => request(() => api.DELETE(path, params(id))),
    onSuccess: (_, id) => {
      undoable({ message: words.done(id), undo: () => again.mutate(id) });
      know((ids) => ids.filter((each) => each !== id));
    },
    onError: (error, id) =>
      notify({ failed: true, title: words.failed(id), message: wordError(error).remedy }),
  });
  return { apart: apart.mutate, running: apart.isPending ? apart.variables : undefined };
}
