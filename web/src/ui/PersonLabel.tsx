import { ui } from "@/words/ui";
import { Chip } from "./badges";
import { PersonIcon, PrivacyIcon } from "./icons";
import classes from "./PersonLabel.module.css";
import { isPseudonym } from "./pseudonym";
import { Tip } from "./Tip";

interface PersonLabelProps {
  id: string;
  name?: string | null;
  email?: string | null;
  anonymous?: boolean;
  excluded?: string | null;
}

/** A person by the name the reader may see; without one, by id, marked as anonymous. */
export function PersonLabel({ id, name, email, anonymous, excluded }: PersonLabelProps) {
  const hidden = !name && !email && isPseudonym(id);
  const under = name ? (email ?? id) : email;
  return (
    <span className={classes.person}>
      <span className={classes.face} aria-hidden="true">
        {hidden ? <PrivacyIcon size={16} stroke={1.5} /> : <PersonIcon size={16} stroke={1.5} />}
      </span>
      <span className={classes.text}>
        {hidden ? (
          <Tip label={ui.person.pseudonym}>
            <bdi className={classes.id}>{id}</bdi>
          </Tip>
        ) : (
          <bdi className={name ? classes.name : classes.id}>{name ?? id}</bdi>
        )}
        {under && under !== id ? <bdi className={classes.under}>{under}</bdi> : null}
      </span>
      {anonymous ? <Chip>{ui.person.anonymous}</Chip> : null}
      {excluded ? <Chip>{ui.person.excluded(excluded)}</Chip> : null}
    </span>
  );
}
