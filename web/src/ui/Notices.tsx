import { Notifications } from "@mantine/notifications";
import { useKey } from "./keys";
import { undoLatest } from "./undo";

/** Where short messages appear; whoever has one calls `notify` or `undoable`. */
export default function Notices() {
  useKey("z", undoLatest);
  return <Notifications position="bottom-left" limit={3} />;
}
