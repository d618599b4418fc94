import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { api, request } from "@/api/client";
import { wordError } from "@/api/errors";
import { QueryError } from "@/api/QueryError";
import { useHref } from "@/router/href";
import { Gate, useWorkspace } from "@/session/session";
import { usePageActions } from "@/ui/actions";
import { CopyCode } from "@/ui/CopyCode";
import { EmptyState } from "@/ui/EmptyState";
import { useKey } from "@/ui/keys";
import { notify } from "@/ui/notify";
import { PageHeader } from "@/ui/PageHeader";
import { SkeletonBlock } from "@/ui/Skeletons";
import { inspector as words } from "@/words/inspector";
import { eventSamples, KEY_PLACEHOLDER } from "@/words/snippets";
import { Log } from "./Log";
import { StreamBar } from "./StreamBar";
import { useStream } from "./useStream";

export function InspectorPage() {
  const { slug: workspace } = useWorkspace();
  const search = useSearch({ from: "/_framed/w/$workspace/inspector" });
  const navigate = useNavigate({ from: "/w/$workspace/inspector" });
  const [paused, setPaused] = useState(false);
  const stream = useStream(workspace, paused);
  const test = useTestEvent(workspace);
  const togglePause = () => setPaused((old) => !old);
  useKey("p", togglePause);
  usePageActions(
    useMemo(
      () => [
        { id: "inspector test", label: words.test, run: () => test.mutate() },
        {
          id: "inspector pause",
          label: paused ? words.resume : words.pause,
          run: () => setPaused((old) => !old),
        },
      ],
      [paused, test.mutate],
    ),
  );
  const { items, totals } = stream;
  const quiet = items !== null && items.length === 0;
  return (
    <>
      <PageHeader
        title={words.title}
        verdict={
          items === null
            ? undefined
            : quiet && totals.accepted + totals.rejected === 0
              ? words.verdictQuiet
              : words.verdict(totals.accepted, totals.rejected)
        }
        actions={
          <Gate permission="inspector.write">
            <Button variant="default" onClick={() => !test.isPending && test.mutate()}>
              {test.isPending ? words.testSending : words.test}
            </Button>
          </Gate>
        }
      />
      {items === null && stream.error ? <QueryError error={stream.error} /> : null}
      {items === null && !stream.error ? <SkeletonBlock height={480} /> : null}
      {items !== null ? (
        <StreamBar
          stream={{ ...stream, items }}
          paused={paused}
          onPause={togglePause}
          search={search}
          onSearch={(change) => void navigate({ search: (old) => ({ ...old, ...change }) })}
        />
      ) : null}
      {quiet ? <Waiting workspace={workspace} /> : null}
      {items !== null && !quiet ? (
        <Log
          items={items}
          search={search}
          workspace={workspace}
          onClear={() => void navigate({ search: (old) => ({ ...old, ...none }) })}
        />
      ) : null}
    </>
  );
}

const none = { outcome: undefined, app: undefined, key: undefined };

function useTestEvent(workspace: string) {
  return useMutation({
    mutationFn: () =>
      request(() =>
        api.POST("/api/v1/workspaces/{workspace}/inspector/test-event", {
          params: { path: { workspace } },
          body: {},
        }),
      ),
    onSuccess: () => notify({ message: words.testSent }),
    onError: (error) => {
      const { title, remedy } = wordError(error);
      notify({ failed: true, title, message: remedy });
    },
  });
}

/** Nothing has come yet: what to paste, and the sign that somebody listens. */
function Waiting({ workspace }: { workspace: string }) {
  const href = useHref();
  return (
    <EmptyState
      kind="first"
      title={words.waiting}
      action={
        <Gate permission="write_keys.write">
          <Button
            component="a"
            variant="default"
            href={href({ to: "/w/$workspace/keys", params: { workspace } })}
          >
            {words.makeKey}
          </Button>
        </Gate>
      }
    >
      <p>{words.waitingText}</p>
      <CopyCode
        label={words.samples}
        samples={eventSamples(window.location.origin, KEY_PLACEHOLDER)}
      />
    </EmptyState>
  );
}
