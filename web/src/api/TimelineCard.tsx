import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import { useState } from "react";
import { Card } from "@/ui/Card";
import { AccountIcon, EventIcon, MergeIcon, PageIcon, ScreenIcon, TraitIcon } from "@/ui/icons";
import { SkeletonBlock } from "@/ui/Skeletons";
import { Timeline, type TimelineEntry } from "@/ui/Timeline";
import { timeline as words } from "@/words/timeline";
import type { Schema } from "./client";
import { QueryError } from "./QueryError";

type Item = Schema["TimelineItem"];

interface TimelineCardProps {
  title: string;
  none: string;
  query: UseInfiniteQueryResult<InfiniteData<{ items: Item[] }>>;
  /** What paper says while nothing has been read yet. */
  printed?: string;
  /** Links to the person of an entry, where entries of several people mix. */
  personHref?: (id: string) => string;
}

const icons = {
  track: EventIcon,
  page: PageIcon,
  screen: ScreenIcon,
  identify: TraitIcon,
  group: AccountIcon,
  alias: MergeIcon,
} as const;

/** The timeline of a person or an account, with the same movements on both pages. */
export function TimelineCard(props: TimelineCardProps) {
  const { title, none, query, printed, personHref } = props;
  const [hidden, setHidden] = useState<string[]>([]);
  const items = query.data?.pages.flatMap((page) => page.items);
  const kinds = Object.entries(words.kinds)
    .filter(([key]) => items?.some(({ type }) => type === key))
    .map(([key, label]) => ({ key, label }));
  return (
    <Card title={<span id="timeline">{title}</span>}>
      {query.error ? <QueryError error={query.error} onRetry={() => void query.refetch()} /> : null}
      {!items && !query.error ? (
        <div data-noprint>
          <SkeletonBlock height={240} />
        </div>
      ) : null}
      {printed ? <p data-onlyprint>{printed}</p> : null}
      {items?.length === 0 ? <p>{none}</p> : null}
      {items && items.length > 0 ? (
        <Timeline
          entries={items.map((item, at) => entryOf(item, at, personHref))}
          kinds={kinds}
          hidden={hidden}
          onHidden={setHidden}
          hasMore={query.hasNextPage}
          loadingMore={query.isFetchingNextPage}
          onMore={() => void query.fetchNextPage()}
        />
      ) : null}
    </Card>
  );
}

function entryOf(item: Item, at: number, personHref?: (id: string) => string): TimelineEntry {
  return {
    // Two equal events of one instant are told apart by their place alone.
    key: `${item.at} ${at}`,
    at: item.at,
    kind: item.type,
    Icon: icons[item.type as keyof typeof icons] ?? EventIcon,
    title: titleOf(item),
    note: (
      <>
        {item.app ? words.app(item.app, item.version) : null}
        {item.person && personHref ? (
          <>
            {item.app ? " · " : null}
            <a href={personHref(item.person)}>{item.person}</a>
          </>
        ) : null}
      </>
    ),
    properties: item.properties,
  };
}

function titleOf({ type, name, account }: Item): string {
  if (type === "identify") return words.identify;
  if (type === "group") return words.group(account);
  if (type === "alias") return words.alias;
  return name ?? words.unnamed;
}
