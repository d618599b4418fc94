import { ActionIcon } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useRouterState } from "@tanstack/react-router";
import { useEffect } from "react";
import { useCan, useCanManage, useWorkspace } from "@/session/session";
import { ManualIcon } from "@/ui/icons";
import { frame as words } from "@/words/frame";
import { ui } from "@/words/ui";
import { keptSearch, type NavPage, pageHref, visibleNavigation } from "./navigation";
import classes from "./Sidebar.module.css";
import { WorkspaceSwitch } from "./WorkspaceSwitch";

/** Fixed on a wide screen; on a phone it slides in from "More". */
export function Sidebar({ open, onClose }: { open: boolean; onClose: () => void }) {
  const workspace = useWorkspace();
  const may = useCan();
  const installation = useCanManage();
  const { pathname, kept } = useRouterState({
    select: ({ location }) => ({
      pathname: location.pathname,
      kept: keptSearch(location.search as Record<string, unknown>),
    }),
    structuralSharing: true,
  });
  useEffect(() => {
    if (!open) return;
    const listen = (event: KeyboardEvent) => event.key === "Escape" && onClose();
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, [open, onClose]);
  return (
    <>
      {open ? <div className={classes.shade} onClick={onClose} aria-hidden="true" /> : null}
      <aside className={classes.sidebar} data-open={open || undefined} data-noprint>
        <div className={classes.head}>
          <WorkspaceSwitch />
          <ActionIcon
            className={classes.close}
            variant="subtle"
            color="gray"
            size={44}
            aria-label={ui.form.close}
            onClick={onClose}
          >
            <IconX size={20} stroke={1.5} />
          </ActionIcon>
        </div>
        <nav aria-label={words.nav} className={classes.nav}>
          {visibleNavigation({ role: workspace.role, may }, installation).map((group) => (
            <div key={group.label ?? "top"} className={classes.group}>
              {group.label ? <p className={classes.groupName}>{group.label}</p> : null}
              {group.pages.map((page) => (
                <Item
                  key={page.key}
                  page={page}
                  href={pageHref(workspace.slug, page) + (page.system ? "" : kept)}
                  here={isHere(pathname, pageHref(workspace.slug, page), page)}
                />
              ))}
            </div>
          ))}
          <div className={classes.group} data-last>
            <Item
              page={{ label: words.pages.manual, Icon: ManualIcon }}
              href="/docs"
              here={pathname.startsWith("/docs")}
            />
          </div>
        </nav>
      </aside>
    </>
  );
}

function isHere(pathname: string, href: string, page: NavPage): boolean {
  const path = pathname.replace(/\/$/, "");
  return page.path === "" ? path === href : path === href || path.startsWith(`${href}/`);
}

interface ItemProps {
  page: Pick<NavPage, "label" | "Icon">;
  href: string;
  here: boolean;
}

function Item({ page: { label, Icon }, href, here }: ItemProps) {
  return (
    <a className={classes.item} href={href} aria-current={here ? "page" : undefined}>
      <Icon size={20} stroke={1.5} />
      {label}
    </a>
  );
}
