import { Button, SegmentedControl } from "@mantine/core";
import type { SignInChoice, SignInOptions } from "@/api/access";
import { session } from "@/words/session";
import { DirectoryForm } from "./DirectoryForm";
import classes from "./forms.module.css";
import { SignInForm } from "./SignInForm";

const words = session.signIn;
const LOCAL = "local";

/** Where the browser goes to sign in elsewhere, and where it comes back to. */
export function doorHref(source: SignInChoice, to: string | undefined): string {
  const query = new URLSearchParams({ source: source.key });
  if (to) query.set("to", to);
  return `/auth/oidc/login?${query}`;
}

interface DoorsProps {
  options: SignInOptions;
  /** Asked for by hand where only other sources are open: break-glass. */
  local: boolean;
  email?: string;
  to?: string;
  /** Which form is open, of those that ask for a password. */
  way?: string;
  onWay: (way: string) => void;
  onSignedIn: () => void;
}

/** Every way in: a button for each provider, then one form for a directory or a password here. */
export function Doors({ options, local, email, to, way, onWay, onSignedIn }: DoorsProps) {
  const providers = options.sources.filter(({ kind }) => kind === "oidc");
  const directories = options.sources.filter(({ kind }) => kind === "ldap");
  const forms = [
    ...directories.map(({ key, name }) => ({ value: key, label: name })),
    ...(options.local || local ? [{ value: LOCAL, label: words.localForm }] : []),
  ];
  const open =
    forms.find(({ value }) => value === (local && !way ? LOCAL : way))?.value ?? forms[0]?.value;
  const directory = directories.find(({ key }) => key === open);
  return (
    <div className={classes.doors}>
      {providers.map((source) => (
        <Button
          key={source.key}
          component="a"
          href={doorHref(source, to)}
          fullWidth
          variant={forms.length > 0 && local ? "default" : "filled"}
        >
          {words.goTo(source.name)}
        </Button>
      ))}
      {providers.length > 0 && forms.length > 0 ? (
        <p className={classes.or}>
          <span>{words.or}</span>
        </p>
      ) : null}
      {forms.length > 1 ? (
        <SegmentedControl
          fullWidth
          aria-label={words.ways}
          data={forms}
          value={open}
          onChange={onWay}
        />
      ) : null}
      {local && open === LOCAL && options.sso_only ? (
        <p className={classes.note}>{words.breakGlass}</p>
      ) : null}
      {directory ? (
        <DirectoryForm key={directory.key} source={directory} onSignedIn={onSignedIn} />
      ) : null}
      {open === LOCAL ? <SignInForm email={email} onSignedIn={onSignedIn} /> : null}
    </div>
  );
}
