import { UnstyledButton } from "@mantine/core";
import { useRouterState } from "@tanstack/react-router";
import { useWorkspace } from "@/session/session";
import { AccountIcon, AppIcon, HomeIcon, MoreIcon, PeopleIcon, SearchIcon } from "@/ui/icons";
import { frame as words } from "@/words/frame";
import classes from "./PhoneBar.module.css";

interface PhoneBarProps {
  onSearch: () => void;
  onMore: () => void;
}

/** The thumb's reach on a phone. Managers of accounts get accounts where others get apps. */
export function PhoneBar({ onSearch, onMore }: PhoneBarProps) {
  const { slug, role } = useWorkspace();
  const pathname = useRouterState({ select: ({ location }) => location.pathname });
  const base = `/w/${encodeURIComponent(slug)}`;
  const second =
    role === "success"
      ? { href: `${base}/accounts`, label: words.pages.accounts, Icon: AccountIcon }
      : { href: `${base}/apps`, label: words.pages.apps, Icon: AppIcon };
  const links = [
    { href: base, label: words.pages.home, Icon: HomeIcon },
    second,
    { href: `${base}/people`, label: words.pages.people, Icon: PeopleIcon },
  ];
  return (
    <nav className={classes.bar} aria-label={words.quick} data-noprint>
      {links.map(({ href, label, Icon }) => (
        <a
          key={href}
          href={href}
          className={classes.item}
          aria-current={
            (href === base ? pathname === base : pathname.startsWith(href)) ? "page" : undefined
          }
        >
          <Icon size={20} stroke={1.5} aria-hidden="true" />
          {label}
        </a>
      ))}
      <UnstyledButton className={classes.item} onClick={onSearch}>
        <SearchIcon size={20} stroke={1.5} aria-hidden="true" />
        {words.pages.search}
      </UnstyledButton>
      <UnstyledButton className={classes.item} onClick={onMore}>
        <MoreIcon size={20} stroke={1.5} aria-hidden="true" />
        {words.pages.more}
      </UnstyledButton>
    </nav>
  );
}
