import { ActionIcon, UnstyledButton } from "@mantine/core";
import { IconKeyboard } from "@tabler/icons-react";
import { MoreIcon, SearchIcon } from "@/ui/icons";
import { Tip } from "@/ui/Tip";
import { frame as words } from "@/words/frame";
import classes from "./TopBar.module.css";
import { UserMenu } from "./UserMenu";

interface TopBarProps {
  onSearch: () => void;
  onKeysHelp: () => void;
  onMenu: () => void;
  onViewAs: () => void;
}

export function TopBar({ onSearch, onKeysHelp, onMenu, onViewAs }: TopBarProps) {
  return (
    <header className={classes.bar} data-noprint>
      <ActionIcon
        className={classes.menu}
        variant="subtle"
        color="gray"
        size={44}
        aria-label={words.pages.more}
        onClick={onMenu}
      >
        <MoreIcon size={20} stroke={1.5} />
      </ActionIcon>
      <UnstyledButton className={classes.search} onClick={onSearch}>
        <SearchIcon size={16} stroke={1.5} aria-hidden="true" />
        <span className={classes.hint}>{words.search}</span>
        <kbd className={classes.key}>{words.searchKey}</kbd>
      </UnstyledButton>
      <span className={classes.space} />
      <Tip label={words.menu.keysHelp}>
        <ActionIcon
          className={classes.keys}
          variant="subtle"
          color="gray"
          size={32}
          aria-label={words.menu.keysHelp}
          onClick={onKeysHelp}
        >
          <IconKeyboard size={20} stroke={1.5} />
        </ActionIcon>
      </Tip>
      <UserMenu onKeysHelp={onKeysHelp} onViewAs={onViewAs} />
    </header>
  );
}
