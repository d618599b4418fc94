import { useMutation, useQueryClient } from "@tanstack/react-query";
import { wordError } from "@/api/errors";
import { notify } from "@/ui/notify";

/** Something done by one click: what went wrong is said, what is shown is read anew. */
export function useAct<Body, Answer>(
  act: (body: Body) => Promise<Answer>,
  done: (answer: Answer, body: Body) => void,
  key: readonly string[] = ["system"],
) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: done,
    onError: (error) => {
      const { title, remedy } = wordError(error);
      notify({ title, message: remedy, failed: true });
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: key }),
  });
}
