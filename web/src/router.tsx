import { QueryClient } from "@tanstack/react-query";
import { createRouter } from "@tanstack/react-router";
import { ApiError } from "@/api/errors";
import { ErrorPage, NotFoundPage } from "@/features/frame/pages";
import { parseSearch, stringifySearch } from "./router/search";
import { routeTree } from "./routeTree.gen";

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // The server's own answer does not change by asking again; only a lost connection does.
      retry: (count, error) => !(error instanceof ApiError) && count < 2,
    },
  },
});

export const router = createRouter({
  routeTree,
  context: { queryClient },
  parseSearch,
  stringifySearch,
  defaultPreload: "intent",
  // Freshness is the query cache's business; the router only decides when to ask it.
  defaultPreloadStaleTime: 0,
  // Nothing for 150 ms, then the frame's thin bar; the page keeps its earlier picture meanwhile.
  defaultPendingMs: 150,
  scrollRestoration: true,
  defaultErrorComponent: ErrorPage,
  defaultNotFoundComponent: NotFoundPage,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
