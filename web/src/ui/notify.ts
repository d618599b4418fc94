import { notifications } from "@mantine/notifications";
import { ui } from "@/words/ui";

interface Notice {
  title?: string;
  message: string;
  /** Something did not work; the message says what helps. */
  failed?: boolean;
}

/** A short message at the edge of the screen. */
export function notify({ title, message, failed }: Notice): void {
  notifications.show({
    title,
    message,
    color: failed ? "red" : undefined,
    closeButtonProps: { "aria-label": ui.form.close },
  });
}
