import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { ui } from "@/words/ui";

const LASTS = 10_000;

let latest: { id: string; undo: () => void } | undefined;

interface Undoable {
  /** What was done, and what stays. */
  message: string;
  undo: () => void;
}

/** Says what was done and offers for ten seconds to take it back, by the button or by `z`. */
export function undoable({ message, undo }: Undoable): void {
  const id = notifications.show({
    message: (
      <>
        <div>{message}</div>
        <Button variant="default" size="compact-sm" mt={8} onClick={() => take(id)}>
          {ui.undo}
        </Button>
      </>
    ),
    autoClose: LASTS,
    closeButtonProps: { "aria-label": ui.form.close },
    onClose: () => {
      if (latest?.id === id) latest = undefined;
    },
  });
  latest = { id, undo };

  function take(taken: string) {
    // Closed first: a second press must not undo twice.
    notifications.hide(taken);
    undo();
  }
}

/** Takes back what was done last, as long as its message stands. */
export function undoLatest(): void {
  const last = latest;
  if (!last) return;
  latest = undefined;
  notifications.hide(last.id);
  last.undo();
}
