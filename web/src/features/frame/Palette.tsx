import "@mantine/spotlight/styles.css";
import { useDebouncedValue } from "@mantine/hooks";
import { createSpotlight, Spotlight } from "@mantine/spotlight";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useRouter, useRouterState } from "@tanstack/react-router";
import { type ComponentType, useEffect, useMemo, useState } from "react";
import { useCan, useCanManage, useWorkspace } from "@/session/session";
import { useRegisteredActions } from "@/ui/actions";
import { AccountIcon, AppIcon, ManualIcon, PersonIcon, SearchIcon } from "@/ui/icons";
import { frame as words } from "@/words/frame";
import { pages as manual } from "@/words/manual";
import { pageHref, visibleNavigation } from "./navigation";
import classes from "./Palette.module.css";
import { searchQuery } from "./queries";
import { recentHrefs, remember } from "./recent";

const [store, spotlight] = createSpotlight();

interface Entry {
  id: string;
  label: string;
  note?: string;
  Icon?: ComponentType<{ size?: number; stroke?: number }>;
  /** Where it leads, or what it does. */
  href?: string;
  run?: () => void;
}

interface Section {
  label: string;
  entries: Entry[];
}

/** One field for everything that has a name. Loaded on first use. */
export default function Palette({ onClose }: { onClose: () => void }) {
  const [query, setQuery] = useState("");
  const router = useRouter();
  const { sections, searching } = useSections(query.trim());
  useEffect(() => spotlight.open(), []);
  const choose = (entry: Entry) => {
    spotlight.close();
    if (entry.run) return entry.run();
    if (!entry.href) return;
    remember({ href: entry.href, label: entry.label });
    router.history.push(entry.href);
  };
  const nothing = sections.length === 0;
  return (
    <Spotlight.Root
      store={store}
      query={query}
      onQueryChange={setQuery}
      onSpotlightClose={onClose}
      shortcut={null}
      scrollable
      maxHeight={440}
      overlayProps={{ blur: 0, backgroundOpacity: 0.35 }}
    >
      <Spotlight.Search
        onKeyDown={(event) => {
          // Typing and Enter take the first entry; the arrows choose another.
          const first = sections[0]?.entries[0];
          if (event.key !== "Enter" || store.getState().selected !== -1 || !first) return;
          event.preventDefault();
          choose(first);
        }}
        placeholder={words.palette.placeholder}
        aria-label={words.palette.placeholder}
        leftSection={<SearchIcon size={20} stroke={1.5} />}
      />
      <Spotlight.ActionsList>
        {sections.map((section) => (
          <Spotlight.ActionsGroup
            key={section.label}
            label={section.label}
            className={classes.group}
          >
            {section.entries.map((entry) => (
              <Spotlight.Action
                key={entry.id}
                label={entry.label}
                description={entry.note}
                leftSection={entry.Icon ? <entry.Icon size={20} stroke={1.5} /> : undefined}
                onClick={() => choose(entry)}
              />
            ))}
          </Spotlight.ActionsGroup>
        ))}
        {nothing ? (
          <Spotlight.Empty>
            {searching ? words.palette.searching : words.palette.nothing(query)}
          </Spotlight.Empty>
        ) : null}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

function useSections(query: string): { sections: Section[]; searching: boolean } {
  const { slug, role } = useWorkspace();
  const may = useCan();
  const installation = useCanManage();
  const actions = useRegisteredActions();
  const [asked] = useDebouncedValue(query, 150);
  const here = useRouterState({ select: ({ location }) => location.href });
  const found = useQuery({
    ...searchQuery(slug, asked),
    enabled: asked.length > 0,
    placeholderData: keepPreviousData,
  });
  const recent = useMemo(() => recentHrefs().filter(({ href }) => href !== here), [here]);
  const fits = (label: string) => label.toLowerCase().includes(query.toLowerCase());
  const base = `/w/${encodeURIComponent(slug)}`;
  const data = query ? found.data : undefined;
  const sections: Section[] = [
    {
      label: words.palette.recent,
      entries: query ? [] : recent.map((each) => ({ id: `recent ${each.href}`, ...each })),
    },
    {
      label: words.palette.actions,
      entries: actions.filter(({ label }) => fits(label)),
    },
    {
      label: words.palette.goTo,
      entries: visibleNavigation({ role, may }, installation)
        .flatMap((group) => group.pages)
        .filter(({ label }) => fits(label))
        .map((page) => ({
          id: page.key,
          label: page.label,
          Icon: page.Icon,
          href: pageHref(slug, page),
        })),
    },
    {
      label: words.palette.apps,
      entries: (data?.apps ?? []).map(({ app }) => ({
        id: `app ${app}`,
        label: app,
        Icon: AppIcon,
        href: `${base}/apps/${encodeURIComponent(app)}`,
      })),
    },
    {
      label: words.palette.accounts,
      entries: (data?.accounts ?? []).map(({ external_id, name }) => ({
        id: `account ${external_id}`,
        label: name ?? external_id,
        note: name ? external_id : undefined,
        Icon: AccountIcon,
        href: `${base}/accounts/${encodeURIComponent(external_id)}`,
      })),
    },
    {
      label: words.palette.people,
      entries: (data?.people ?? []).map(({ external_id, name, email }) => ({
        id: `person ${external_id}`,
        label: name ?? external_id,
        note: email ?? undefined,
        Icon: PersonIcon,
        href: `${base}/people/${encodeURIComponent(external_id)}`,
      })),
    },
    {
      label: words.palette.manual,
      entries: manual
        .filter(({ title }) => fits(title))
        .map(({ key, title }) => ({
          id: `manual ${key}`,
          label: title,
          Icon: ManualIcon,
          href: `/docs/${key}`,
        })),
    },
  ];
  return {
    sections: sections.filter(({ entries }) => entries.length > 0),
    searching: query !== "" && (query !== asked || found.isFetching),
  };
}
