import { Button, Drawer } from "@mantine/core";
import { type ReactNode, useEffect, useState } from "react";
import { ui } from "@/words/ui";
import classes from "./FormDrawer.module.css";

interface FormDrawerProps {
  title: string;
  onClose: () => void;
  /** True while something typed would be lost: every way out then asks. */
  dirty: boolean;
  onSubmit: (event?: React.FormEvent<HTMLFormElement>) => void;
  submit: string;
  /** Words of the button while the request runs. */
  running?: string | null;
  /** A fault that belongs to no field. */
  problem?: ReactNode;
  /** Replaces the form once it is done: a secret to copy. */
  done?: ReactNode;
  children: ReactNode;
}

/** A form beside the page it belongs to. */
export function FormDrawer(props: FormDrawerProps) {
  const { title, onClose, dirty, done } = props;
  const [asking, setAsking] = useState(false);
  const guarded = dirty && !done;
  useEffect(() => {
    if (!guarded) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [guarded]);
  const close = () => (guarded ? setAsking(true) : onClose());
  return (
    <Drawer
      opened
      onClose={close}
      title={title}
      position="right"
      size={440}
      closeButtonProps={{ "aria-label": ui.form.close }}
      transitionProps={{ duration: 180 }}
    >
      {done ? (
        <div className={classes.form}>
          {done}
          <Button variant="default" onClick={onClose}>
            {ui.secret.done}
          </Button>
        </div>
      ) : (
        <form className={classes.form} noValidate onSubmit={props.onSubmit}>
          {props.children}
          {props.problem ? (
            <p className={classes.problem} role="alert">
              {props.problem}
            </p>
          ) : null}
          {asking ? <Discard onKeep={() => setAsking(false)} onDiscard={onClose} /> : null}
          <footer className={classes.foot}>
            <Button variant="default" onClick={close}>
              {ui.form.cancel}
            </Button>
            <Button type="submit" miw={120}>
              {props.running ?? props.submit}
            </Button>
          </footer>
        </form>
      )}
    </Drawer>
  );
}

function Discard({ onKeep, onDiscard }: { onKeep: () => void; onDiscard: () => void }) {
  return (
    <div className={classes.discard} role="alert">
      {ui.form.unsaved}
      <span className={classes.discardButtons}>
        <Button size="xs" variant="default" onClick={onKeep}>
          {ui.form.keep}
        </Button>
        <Button size="xs" variant="default" onClick={onDiscard}>
          {ui.form.discard}
        </Button>
      </span>
    </div>
  );
}
