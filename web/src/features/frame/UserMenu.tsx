import { Menu, UnstyledButton, useMantineColorScheme } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api, request } from "@/api/client";
import { forgetView } from "@/api/viewAs";
import { useCanManage, useMe } from "@/session/session";
import { applyDensity, density } from "@/ui/density";
import { setSingleKeys, singleKeysOn } from "@/ui/keys";
import { frame as words } from "@/words/frame";
import classes from "./UserMenu.module.css";

const THEMES = ["light", "dark", "auto"] as const;

interface UserMenuProps {
  onKeysHelp: () => void;
  onViewAs: () => void;
}

/** Top right: what belongs to the reader rather than to the workspace. */
export function UserMenu({ onKeysHelp, onViewAs }: UserMenuProps) {
  const me = useMe();
  const mayViewAs = useCanManage()("users.read");
  const name = me.name || me.email;
  const signOut = useSignOut();
  return (
    <Menu position="bottom-end" width={240} shadow="none">
      <Menu.Target>
        <UnstyledButton
          className={classes.button}
          aria-label={words.menu.label(initialsOf(name), name)}
        >
          <span className={classes.initials}>{initialsOf(name)}</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={classes.who}>
          <span className={classes.name}>{name}</span>
          <span className={classes.mail}>{me.email}</span>
        </div>
        <Menu.Item component="a" href="/me">
          {words.menu.account}
        </Menu.Item>
        {mayViewAs ? <Menu.Item onClick={onViewAs}>{words.menu.viewAs}</Menu.Item> : null}
        <Menu.Divider />
        <ThemeItems />
        <RowItem />
        <Menu.Divider />
        <Menu.Item onClick={onKeysHelp}>{words.menu.keysHelp}</Menu.Item>
        <SingleKeysItem />
        <Menu.Divider />
        <Menu.Item onClick={signOut}>{words.menu.signOut}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function ThemeItems() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <>
      <Menu.Label>{words.menu.theme}</Menu.Label>
      <Menu.RadioGroup
        value={colorScheme}
        onChange={(value) => setColorScheme(value as (typeof THEMES)[number])}
      >
        {THEMES.map((key) => (
          <Menu.RadioItem key={key} value={key} closeMenuOnClick={false}>
            {words.menu.themes[key]}
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
    </>
  );
}

function RowItem() {
  const [now, setNow] = useState(density);
  const next = now === "compact" ? "roomy" : "compact";
  return (
    <>
      <Menu.Label>{words.menu.rows}</Menu.Label>
      <Menu.Item
        closeMenuOnClick={false}
        onClick={() => {
          applyDensity(next);
          setNow(next);
        }}
      >
        {next === "compact" ? words.menu.rowsCompact : words.menu.rowsWide}
      </Menu.Item>
    </>
  );
}

function SingleKeysItem() {
  const [on, setOn] = useState(singleKeysOn);
  return (
    <Menu.Item
      closeMenuOnClick={false}
      onClick={() => {
        setSingleKeys(!on);
        setOn(!on);
      }}
    >
      {on ? words.menu.keysOff : words.menu.keysOn}
    </Menu.Item>
  );
}

function useSignOut() {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const end = useMutation({
    mutationFn: () => request(() => api.DELETE("/api/v1/session")),
    onSettled: async (out) => {
      forgetView();
      // Where the session began elsewhere, it ends there too.
      if (out?.logout_url) return window.location.assign(out.logout_url);
      await navigate({ to: "/sign-in", search: { stay: true } });
      // What was read belongs to the one who left; how to sign in belongs to nobody.
      queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "sign-in" });
    },
  });
  return () => end.mutate();
}

function initialsOf(name: string): string {
  const words = name.split(/[\s.@]+/).filter(Boolean);
  const first = words[0]?.[0] ?? "?";
  return (first + (words[1]?.[0] ?? "")).toUpperCase();
}
