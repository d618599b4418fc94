import { createFileRoute, Outlet } from "@tanstack/react-router";
import { installationAccess } from "@/session/permissions";

/** The pages about the installation: each asks for its right in the first workspace. */
export const Route = createFileRoute("/_framed/system")({
  beforeLoad: ({ context }) => ({ access: installationAccess(context.me) }),
  component: Outlet,
});
