import { Notifications } from "@mantine/notifications";

/** Where short messages appear; whoever has one calls `notify`. */
export default function Notices() {
  return <Notifications position="bottom-left" limit={3} />;
}
