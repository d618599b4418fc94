import {
  type InfiniteData,
  infiniteQueryOptions,
  keepPreviousData,
  type QueryKey,
  type UseInfiniteQueryResult,
} from "@tanstack/react-query";
import { request } from "./client";
import { QueryError } from "./QueryError";

interface Page<Row> {
  items: Row[];
  next_cursor?: string | null;
  total?: number | null;
}

interface Asked {
  cursor: string | undefined;
  limit: number;
  signal: AbortSignal;
}

/** A list of the server, page by page. */
export function listQuery<Row>(
  queryKey: QueryKey,
  send: (asked: Asked) => Promise<{ data?: Page<Row>; error?: unknown; response: Response }>,
) {
  return infiniteQueryOptions({
    queryKey,
    queryFn: ({ pageParam, signal }) =>
      request(() => send({ cursor: pageParam, limit: 50, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });
}

/** What `QueryTable` wants of a list query; spread it into the table. */
export function tableState<Row>(query: UseInfiniteQueryResult<InfiniteData<Page<Row>>>) {
  return {
    rows: query.data?.pages.flatMap((page) => page.items),
    total: query.data?.pages[0]?.total ?? null,
    hasMore: query.hasNextPage,
    onMore: () => void query.fetchNextPage(),
    loadingMore: query.isFetchingNextPage,
    stale: query.isPlaceholderData,
    error:
      query.error && !query.data ? (
        <QueryError error={query.error} onRetry={() => void query.refetch()} />
      ) : undefined,
  };
}
