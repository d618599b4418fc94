import { ui } from "@/words/ui";
import { CopyButton } from "./CopyCode";
import classes from "./CopyCode.module.css";

interface SecretOnceProps {
  secret: string;
  note?: string;
}

/** A secret at the only moment it can be read. It lives in the page's memory and nowhere else. */
export function SecretOnce({ secret, note = ui.secret.once }: SecretOnceProps) {
  return (
    <div>
      <p className={classes.warn}>! {note}</p>
      <div className={classes.secret}>
        <code>{secret}</code>
        <CopyButton text={secret} />
      </div>
    </div>
  );
}
