import { ui } from "@/words/ui";
import { CopyButton } from "./CopyCode";
import classes from "./CopyCode.module.css";

/** A secret at the only moment it can be read. It lives in the page's memory and nowhere else. */
export function SecretOnce({ secret }: { secret: string }) {
  return (
    <div>
      <p className={classes.warn}>! {ui.secret.once}</p>
      <div className={classes.secret}>
        <code>{secret}</code>
        <CopyButton text={secret} />
      </div>
    </div>
  );
}
