import type { ComponentType } from "react";
import type { Access, Permission, Role } from "@/session/permissions";
import {
  AccountIcon,
  AppIcon,
  AuditIcon,
  BackupIcon,
  CapacityIcon,
  DestinationIcon,
  GroupIcon,
  HealthIcon,
  HomeIcon,
  InspectorIcon,
  JobIcon,
  KeyIcon,
  LifecycleIcon,
  PeopleIcon,
  PrivacyIcon,
  RetentionIcon,
  RoleIcon,
  SessionIcon,
  SignInIcon,
  UserIcon,
  WorkspaceIcon,
} from "@/ui/icons";
import { frame as words } from "@/words/frame";

export interface NavPage {
  key: string;
  label: string;
  /** Path below the workspace; empty for its home. */
  path: string;
  permission: Permission;
  /** About the whole installation: it lies outside the workspaces. */
  system?: boolean;
  /** A builder looks after apps; these pages are about whole accounts and would only distract. */
  notFor?: Role;
  Icon: ComponentType<{ size?: number; stroke?: number }>;
}

interface NavGroup {
  label: string | null;
  pages: readonly NavPage[];
}

const { pages, groups } = words;

/** The console's map. A page that a role cannot open is absent from it. */
export const navigation: readonly NavGroup[] = [
  {
    label: null,
    pages: [
      { key: "home", label: pages.home, path: "", permission: "metrics.read", Icon: HomeIcon },
    ],
  },
  {
    label: groups.adoption,
    pages: [
      { key: "apps", label: pages.apps, path: "apps", permission: "apps.read", Icon: AppIcon },
      {
        key: "people",
        label: pages.people,
        path: "people",
        permission: "people.read",
        Icon: PeopleIcon,
      },
      {
        key: "accounts",
        label: pages.accounts,
        path: "accounts",
        permission: "people.read",
        Icon: AccountIcon,
        notFor: "builder",
      },
      {
        key: "retention",
        label: pages.retention,
        path: "retention",
        permission: "metrics.read",
        Icon: RetentionIcon,
      },
      {
        key: "lifecycle",
        label: pages.lifecycle,
        path: "lifecycle",
        permission: "metrics.read",
        Icon: LifecycleIcon,
        notFor: "builder",
      },
    ],
  },
  {
    label: groups.data,
    pages: [
      {
        key: "inspector",
        label: pages.inspector,
        path: "inspector",
        permission: "inspector.read",
        Icon: InspectorIcon,
      },
      {
        key: "keys",
        label: pages.keys,
        path: "keys",
        permission: "write_keys.read",
        Icon: KeyIcon,
      },
    ],
  },
  {
    label: groups.administration,
    pages: [
      ...(
        [
          ["users", "users.read", UserIcon],
          ["roles", "users.read", RoleIcon],
          ["groups", "sources.read", GroupIcon],
          ["sign-in", "sources.read", SignInIcon],
          ["sessions", "sessions.read", SessionIcon],
          ["audit", "audit.read", AuditIcon],
        ] as const
      ).map(([key, permission, Icon]) => ({
        key,
        label: pages[key],
        path: key,
        permission,
        system: true,
        Icon,
      })),
      {
        key: "privacy",
        label: pages.privacy,
        path: "privacy",
        permission: "privacy.read",
        Icon: PrivacyIcon,
      },
    ],
  },
  {
    label: groups.system,
    pages: (
      [
        ["health", HealthIcon],
        ["jobs", JobIcon],
        ["backups", BackupIcon],
        ["capacity", CapacityIcon],
        ["destinations", DestinationIcon],
        ["workspaces", WorkspaceIcon],
      ] as const
    ).map(([key, Icon]) => ({
      key,
      label: pages[key],
      path: key,
      permission: "system.read",
      system: true,
      Icon,
    })),
  },
];

export function pageHref(workspace: string, page: Pick<NavPage, "path" | "system">): string {
  if (page.system) return `/system/${page.path}`;
  const base = `/w/${encodeURIComponent(workspace)}`;
  return page.path ? `${base}/${page.path}` : base;
}

/** Only what a role may open, and no group without pages. */
export function visibleNavigation({ role, may }: Access, installation: Access["may"]): NavGroup[] {
  const shown = (page: NavPage) =>
    page.system ? installation(page.permission) : may(page.permission) && page.notFor !== role;
  return navigation
    .map((group) => ({ ...group, pages: group.pages.filter(shown) }))
    .filter((group) => group.pages.length > 0);
}

/** Keeps the period when moving between pages; filters belong to the page they were set on. */
export function keptSearch(search: Record<string, unknown>): string {
  const query = new URLSearchParams();
  for (const name of ["range", "from", "to", "compare"]) {
    const value = search[name];
    if (typeof value === "string") query.set(name, value);
  }
  return query.size > 0 ? `?${query}` : "";
}

/** Where the same page lives in another workspace: its list, since ids differ between them. */
export function inWorkspace(pathname: string, slug: string): string {
  const section = pathname.split("/")[3] ?? "";
  const known = navigation.some((group) =>
    group.pages.some((page) => !page.system && page.path === section),
  );
  return pageHref(slug, { path: known ? section : "" });
}
