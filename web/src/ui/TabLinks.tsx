import classes from "./TabLinks.module.css";

interface TabLinksProps {
  label: string;
  tabs: readonly { key: string; label: string; href: string }[];
  current: string;
}

/** Tabs that are addresses: each can be opened, copied and left like any page. */
export function TabLinks({ label, tabs, current }: TabLinksProps) {
  return (
    <nav aria-label={label} className={classes.tabs}>
      {tabs.map((tab) => (
        <a
          key={tab.key}
          href={tab.href}
          className={classes.tab}
          aria-current={tab.key === current ? "page" : undefined}
        >
          {tab.label}
        </a>
      ))}
    </nav>
  );
}
