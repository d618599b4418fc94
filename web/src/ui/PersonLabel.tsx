import { ui } from "@/words/ui";
import { Chip } from "./badges";
import { PersonIcon } from "./icons";
import classes from "./PersonLabel.module.css";

interface PersonLabelProps {
  id: string;
  name?: string | null;
  email?: string | null;
  anonymous?: boolean;
  excluded?: string | null;
}

/** A person by the name the reader may see; without one, by id, marked as anonymous. */
export function PersonLabel({ id, name, email, anonymous, excluded }: PersonLabelProps) {
  const under = name ? (email ?? id) : email;
  return (
    <span className={classes.person}>
      <span className={classes.face} aria-hidden="true">
        <PersonIcon size={16} stroke={1.5} />
      </span>
      <span className={classes.text}>
        <bdi className={name ? classes.name : classes.id}>{name ?? id}</bdi>
        {under && under !== id ? <bdi className={classes.under}>{under}</bdi> : null}
      </span>
      {anonymous ? <Chip>{ui.person.anonymous}</Chip> : null}
      {excluded ? <Chip>{ui.person.excluded(excluded)}</Chip> : null}
    </span>
  );
}
