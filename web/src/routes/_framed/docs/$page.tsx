import { createFileRoute, notFound } from "@tanstack/react-router";
import { ManualPage } from "@/features/manual/ManualPage";
import { loadPage } from "@/features/manual/pages";

export const Route = createFileRoute("/_framed/docs/$page")({
  loader: async ({ params }) => {
    const text = await loadPage(params.page);
    if (text === null) throw notFound();
    return { page: params.page, text };
  },
  component: Page,
});

function Page() {
  return <ManualPage {...Route.useLoaderData()} />;
}
