import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, request, type Schema } from "@/api/client";
import { wordError } from "@/api/errors";
import { notify } from "@/ui/notify";
import { system } from "@/words/system";
import { BUSY, whichPage } from "./queries";

const words = system.jobs.run;
type Run = Schema["JobRun"];

/** Asks for a run of a job. */
export function useRun(name: string, title: string) {
  return useAsk(title, words.asked(title), (body: Schema["RunJob"]) =>
    request(() =>
      api.POST("/api/v1/system/jobs/{name}/runs", { params: { path: { name } }, body }),
    ),
  );
}

/** Asks for a run, watches it, and says what came of it. */
export function useAsk<Body>(title: string, asked: string, ask: (body: Body) => Promise<Run>) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ask,
    onSuccess: (run) => {
      notify({ message: asked });
      // What cannot be asked for any more shows on the page that asks for it.
      watch(queryClient, run, title).catch(() => undefined);
    },
    onError: (error) => {
      const { title: fault, remedy } = wordError(error);
      notify({ title: fault, message: remedy, failed: true });
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["system"] }),
  });
}

async function watch(queryClient: QueryClient, { id, job }: Run, title: string) {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, BUSY));
    const page = await request(() =>
      api.GET("/api/v1/system/jobs/{name}/runs", {
        params: { path: { name: job }, query: { limit: 20, cursor: whichPage(undefined) } },
      }),
    );
    await queryClient.invalidateQueries({ queryKey: ["system"] });
    const run = page.items.find((each) => each.id === id);
    if (run && !run.ended_at) continue;
    const message = run?.message ?? system.jobs.history.silent;
    if (run?.state === "failed") notify({ title: words.failed(title), message, failed: true });
    else if (run) notify({ title: words.ended(title), message });
    return;
  }
}
