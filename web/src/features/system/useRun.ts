import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, request, type Schema } from "@/api/client";
import { wordError } from "@/api/errors";
import { notify } from "@/ui/notify";
import { system } from "@/words/system";

const words = system.jobs.run;

/** Asks for a run of a job. */
export function useRun(name: string, title: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: Schema["RunJob"]) =>
      request(() =>
        api.POST("/api/v1/system/jobs/{name}/runs", { params: { path: { name } }, body }),
      ),
    onSuccess: () => notify({ message: words.asked(title) }),
    onError: (error) => {
      const { title: fault, remedy } = wordError(error);
      notify({ title: fault, message: remedy, failed: true });
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["system"] }),
  });
}
