import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { api, request, type Schema } from "@/api/client";
import { useHref } from "@/router/href";
import { useCan, useMe } from "@/session/session";
import { privacy } from "@/words/privacy";
import classes from "./PersonPrivacy.module.css";

// Few ask, and then once.
const AskName = lazy(() => import("./AskName"));

const words = privacy.person;

interface PersonPrivacyProps {
  workspace: string;
  person: Schema["PersonDetail"];
}

/** What the reader may ask for: the name behind a pseudonym, or what the person themself asked for. */
export function PersonPrivacy({ workspace, person }: PersonPrivacyProps) {
  const can = useCan();
  const href = useHref();
  const asks = can("people.unmask_ask") && person.pseudonym;
  const formOf = (kind: "export" | "erasure") =>
    href({
      to: "/w/$workspace/privacy",
      params: { workspace },
      search: { request: kind, person: person.external_id },
    });
  return (
    <>
      {asks ? <Ask workspace={workspace} id={person.external_id} /> : null}
      {can("privacy.write") ? (
        <>
          <Button component="a" variant="default" href={formOf("export")}>
            {words.export}
          </Button>
          <Button component="a" variant="default" href={formOf("erasure")}>
            {words.erase}
          </Button>
        </>
      ) : null}
    </>
  );
}

function Ask({ workspace, id }: { workspace: string; id: string }) {
  const { email } = useMe();
  const [open, setOpen] = useState(false);
  const [asked, setAsked] = useState(false);
  const seesRequests = useCan()("privacy.read");
  const { data } = useQuery({
    queryKey: ["w", workspace, "unmask-requests", "of", id],
    queryFn: ({ signal }) => requestsOf(workspace, signal),
    enabled: seesRequests,
  });
  const waiting =
    asked ||
    data?.items.some(
      (each) => each.person === id && each.asked_by === email && each.state === "waiting",
    );
  return (
    <>
      {waiting ? (
        <span className={classes.waiting}>{words.waiting}</span>
      ) : (
        <Button variant="default" onClick={() => setOpen(true)}>
          {words.ask}
        </Button>
      )}
      <Suspense fallback={null}>
        {open ? (
          <AskName
            workspace={workspace}
            id={id}
            onAsked={(state) => {
              setAsked(state === "waiting");
              setOpen(false);
            }}
            onClose={() => setOpen(false)}
          />
        ) : null}
      </Suspense>
    </>
  );
}

const requestsOf = (workspace: string, signal: AbortSignal) =>
  request(() =>
    api.GET("/api/v1/workspaces/{workspace}/unmask-requests", {
      params: { path: { workspace } },
      signal,
    }),
  );
