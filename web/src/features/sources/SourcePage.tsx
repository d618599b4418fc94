import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { Source } from "@/api/access";
import { api, request } from "@/api/client";
import { QueryError } from "@/api/QueryError";
import { useAct } from "@/api/useAct";
import { useHref } from "@/router/href";
import { useCanManage } from "@/session/session";
import { Chip } from "@/ui/badges";
import { Cards, Span } from "@/ui/Card";
import { EmptyState } from "@/ui/EmptyState";
import { notify } from "@/ui/notify";
import { PageHeader } from "@/ui/PageHeader";
import { SkeletonBlock } from "@/ui/Skeletons";
import { sources } from "@/words/sources";
import { Preview } from "./Preview";
import { sourcesQuery } from "./queries";
import { RemoveSource } from "./RemoveSource";
import { SettingsForm } from "./SettingsForm";
import classes from "./Sources.module.css";
import { SourceState } from "./SourcesPage";
import { addressOf } from "./settings";
import { TestCard } from "./TestCard";

const words = sources.page;

/** Does this directory work, and who would get which role? */
export function SourcePage() {
  const { key } = useParams({ from: "/_framed/system/sign-in/$key" });
  const query = useInfiniteQuery(sourcesQuery);
  const href = useHref();
  const writes = useCanManage()("sources.write");
  const source = query.data?.pages.flatMap(({ items }) => items).find((each) => each.key === key);
  const crumbs = [{ label: sources.title, href: href({ to: "/system/sign-in" }) }];
  if (!source) {
    if (query.isPending) return <SkeletonBlock height={480} />;
    if (query.error) {
      return <QueryError error={query.error} onRetry={() => void query.refetch()} />;
    }
    return (
      <EmptyState
        page
        kind="no-match"
        title={words.unknown}
        action={
          <Button component="a" variant="default" href={href({ to: "/system/sign-in" })}>
            {sources.title}
          </Button>
        }
      >
        {words.unknownText}
      </EmptyState>
    );
  }
  return (
    <>
      <PageHeader
        crumbs={crumbs}
        title={source.name}
        badges={
          <>
            <SourceState
              enabled={source.enabled}
              wrong={source.missing !== null || source.problems.length > 0}
            />
            <Chip>{sources.kinds[source.kind]}</Chip>
          </>
        }
        facts={<code className={classes.wrap}>{addressOf(source)}</code>}
        verdict={
          source.missing
            ? words.verdict.lacks(sources.settings[source.missing]?.label ?? source.missing)
            : source.enabled
              ? words.verdict.on(source.people)
              : words.verdict.off
        }
        actions={writes ? <Actions source={source} /> : undefined}
      />
      <Cards>
        <Span of={8}>
          <SettingsForm key={source.key} source={source} writes={writes} />
        </Span>
        <Span of={4}>
          <TestCard source={source} />
          <Preview source={source} />
        </Span>
      </Cards>
    </>
  );
}

function Actions({ source }: { source: Source }) {
  const [removing, setRemoving] = useState(false);
  const { key, name, enabled } = source;
  const turn = useAct(
    (on: boolean) =>
      request(() =>
        api.PUT("/api/v1/sign-in-sources/{key}", {
          params: { path: { key } },
          body: { enabled: on },
        }),
      ),
    (_, on) => notify({ message: on ? words.switchedOn(name) : words.switchedOff(name) }),
    ["system", "sources"],
  );
  return (
    <>
      {/* One that a file sets is the file's to remove. */}
      {source.locked ? null : (
        <Button variant="default" onClick={() => setRemoving(true)}>
          {words.remove}
        </Button>
      )}
      {source.locked && enabled ? null : (
        <Button
          variant={enabled ? "default" : "filled"}
          onClick={() => !turn.isPending && turn.mutate(!enabled)}
        >
          {enabled ? words.switchOff : words.switchOn}
        </Button>
      )}
      {removing ? <RemoveSource source={source} onClose={() => setRemoving(false)} /> : null}
    </>
  );
}
