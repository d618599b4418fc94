import { Button, Modal, PasswordInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { api, request, type Schema } from "@/api/client";
import { fieldErrors, wordError } from "@/api/errors";
import { meQuery } from "@/session/queries";
import { Problem } from "@/session/SignInForm";
import { useDoorName } from "@/session/session";
import { OutcomeChip } from "@/ui/badges";
import { Card } from "@/ui/Card";
import { notify } from "@/ui/notify";
import { me as room } from "@/words/me";
import { ui } from "@/words/ui";
import classes from "./Me.module.css";

// Draws a QR code, which few ever need and none twice.
const TotpSetUp = lazy(() => import("./TotpSetUp"));

const words = room.totp;

/** The code of an app, beside the password kept here. */
export function Totp({ me }: { me: Schema["Me"] }) {
  const [open, setOpen] = useState<"set-up" | "remove" | null>(null);
  const door = useDoorName()(me.source);
  if (!me.password) {
    return (
      <Card title={words.title}>
        <p className={classes.text}>{words.elsewhere(door)}</p>
      </Card>
    );
  }
  return (
    <Card
      title={words.title}
      aside={
        <OutcomeChip outcome={me.totp ? "done" : "watch"}>
          {me.totp ? words.isOn : words.isOff}
        </OutcomeChip>
      }
    >
      <div className={classes.form}>
        <p className={classes.text}>{me.totp ? words.on : words.off}</p>
        <Button
          variant="default"
          className={classes.submit}
          onClick={() => setOpen(me.totp ? "remove" : "set-up")}
        >
          {me.totp ? words.remove : words.setUp}
        </Button>
      </div>
      <Suspense fallback={null}>
        {open === "set-up" ? <TotpSetUp onClose={() => setOpen(null)} /> : null}
      </Suspense>
      {open === "remove" ? <Remove onClose={() => setOpen(null)} /> : null}
    </Card>
  );
}

function Remove({ onClose }: { onClose: () => void }) {
  const queryClient = useQueryClient();
  const form = useForm({
    initialValues: { password: "" },
    validate: { password: (value) => (value ? null : words.needPassword) },
  });
  const remove = useMutation({
    mutationFn: (body: { password: string }) =>
      request(() => api.POST("/api/v1/me/totp/remove", { body }), { renew: false }),
    onSuccess: () => {
      notify({ message: words.removed });
      onClose();
      return queryClient.invalidateQueries(meQuery);
    },
  });
  const wrong =
    fieldErrors(remove.error).password !== undefined
      ? room.password.wrong
      : remove.error && wordError(remove.error).remedy;
  return (
    <Modal
      opened
      onClose={onClose}
      title={words.removeTitle}
      closeButtonProps={{ "aria-label": ui.form.close }}
    >
      <form
        className={classes.form}
        noValidate
        onSubmit={form.onSubmit((values) => {
          if (!remove.isPending) remove.mutate(values);
        })}
      >
        <p>{words.removeText}</p>
        <PasswordInput
          label={words.password}
          autoComplete="current-password"
          data-autofocus
          {...form.getInputProps("password")}
        />
        <Problem text={wrong} />
        <div className={classes.buttons}>
          <Button variant="default" onClick={onClose}>
            {ui.form.cancel}
          </Button>
          <Button type="submit">{remove.isPending ? words.removing : words.remove}</Button>
        </div>
      </form>
    </Modal>
  );
}
