import { createFileRoute, Outlet } from "@tanstack/react-router";
import { needs } from "@/session/guard";
import { installationAccess } from "@/session/permissions";

/** The pages about the installation: whoever looks after it holds the right in the first workspace. */
export const Route = createFileRoute("/_framed/system")({
  beforeLoad: ({ context }) => {
    const access = installationAccess(context.me);
    needs("system.read")({ context: { access } });
    return { access };
  },
  component: Outlet,
});
