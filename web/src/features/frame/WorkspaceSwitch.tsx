import { Menu, UnstyledButton } from "@mantine/core";
import { IconSelector } from "@tabler/icons-react";
import { useRouterState } from "@tanstack/react-router";
import { useWorkspace, useWorkspaces } from "@/session/session";
import { frame as words } from "@/words/frame";
import { inWorkspace, keptSearch } from "./navigation";
import classes from "./WorkspaceSwitch.module.css";

/** Top left: which silo this is. Switching keeps the page and the period, drops the filters. */
export function WorkspaceSwitch() {
  const workspace = useWorkspace();
  const all = useWorkspaces();
  const { pathname, kept } = useRouterState({
    select: ({ location }) => ({
      pathname: location.pathname,
      kept: keptSearch(location.search as Record<string, unknown>),
    }),
    structuralSharing: true,
  });
  const face = (
    <>
      <Mark />
      <span className={classes.text}>
        <span className={classes.name}>{workspace.name}</span>
        <span className={classes.sub}>
          {words.workspace.roles[workspace.role]} · {workspace.time_zone}
        </span>
      </span>
    </>
  );
  if (all.length < 2) return <div className={classes.button}>{face}</div>;
  return (
    <Menu position="bottom-start" width={264} shadow="none">
      <Menu.Target>
        <UnstyledButton className={classes.button} data-opens>
          {face}
          <IconSelector size={16} stroke={1.5} aria-hidden="true" className={classes.arrow} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{words.workspace.switchTo}</Menu.Label>
        {all.map((each) => (
          <Menu.Item
            key={each.slug}
            component="a"
            href={inWorkspace(pathname, each.slug) + kept}
            aria-current={each.slug === workspace.slug}
          >
            <span className={classes.option}>
              <span className={classes.name}>{each.name}</span>
              <span className={classes.sub}>
                {words.workspace.kinds[each.kind]} · {words.workspace.roles[each.role]} ·{" "}
                {words.workspace.zone(each.time_zone)}
              </span>
            </span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** The product's mark: a T whose foot has taken root. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" className={classes.mark}>
      <rect width="32" height="32" rx="7" fill="var(--mantine-color-juniper-7)" />
      <path d="M8 8.5h16v4h-6v12h-4v-12H8z" fill="var(--mantine-color-juniper-0)" />
      <path d="M18 24.5c0-4 2.5-6.5 6-7 .3 4-2 7-6 7z" fill="var(--mantine-color-juniper-3)" />
    </svg>
  );
}
