import { createFileRoute, notFound, Outlet, retainSearchParams } from "@tanstack/react-router";
import { periodSearch } from "@/router/search";
import { accessTo } from "@/session/permissions";

/** Every page of a workspace shares the period and what it is compared with. */
export const Route = createFileRoute("/_framed/w/$workspace")({
  validateSearch: periodSearch,
  search: { middlewares: [retainSearchParams(["range", "from", "to", "compare"])] },
  beforeLoad: ({ context, params }) => {
    const workspace = context.workspaces.find(({ slug }) => slug === params.workspace);
    if (!workspace) throw notFound();
    return { access: accessTo(context.me, workspace) };
  },
  component: Outlet,
});
