import { Button } from "@mantine/core";
import { viewAs, viewed } from "@/api/viewAs";
import { ViewAsIcon } from "@/ui/icons";
import { frame } from "@/words/frame";
import classes from "./ConnectionStrip.module.css";

const words = frame.viewAs;

/** Stays as long as somebody else's view is open, and leads out of it. */
export function ViewAsStrip() {
  const who = viewed();
  if (!who) return null;
  return (
    <div className={classes.strip} data-view-as role="status">
      <ViewAsIcon size={16} stroke={1.5} aria-hidden="true" />
      <span>{words.strip(who.name)}</span>
      <Button
        size="compact-xs"
        variant="default"
        onClick={() => viewAs(null, `/system/users/${who.id}`)}
      >
        {words.leave}
      </Button>
    </div>
  );
}
