import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, Outlet } from "@tanstack/react-router";
import { ErrorPage, NotFoundPage } from "@/features/frame/pages";

interface RouterContext {
  queryClient: QueryClient;
}

/** What fails before the frame stands is a page of its own. */
export const Route = createRootRouteWithContext<RouterContext>()({
  component: Outlet,
  errorComponent: (props) => (
    <main>
      <ErrorPage {...props} />
    </main>
  ),
  notFoundComponent: () => (
    <main>
      <NotFoundPage />
    </main>
  ),
});
