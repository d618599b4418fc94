import { Button, Modal, TextInput } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";
import { ui } from "@/words/ui";
import classes from "./FormDrawer.module.css";

interface TypeToConfirmProps {
  title: string;
  /** What happens, and that it cannot be taken back. */
  text: ReactNode;
  /** What must be typed. */
  name: string;
  label: string;
  mismatch: string;
  submit: string;
  problem?: string | null;
  onConfirm: () => void;
  onClose: () => void;
}

/** For what is gone for good: the hand writes the name, so it cannot slip. */
export function TypeToConfirm(props: TypeToConfirmProps) {
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typed.trim() === props.name) props.onConfirm();
    else setWrong(true);
  };
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={props.title}
      closeButtonProps={{ "aria-label": ui.form.close }}
    >
      <form className={classes.form} onSubmit={submit}>
        <p>{props.text}</p>
        <TextInput
          label={props.label}
          value={typed}
          autoComplete="off"
          data-autofocus
          error={wrong ? props.mismatch : undefined}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setWrong(false);
          }}
        />
        {props.problem ? (
          <p className={classes.problem} role="alert">
            {props.problem}
          </p>
        ) : null}
        <div className={classes.buttons}>
          <Button variant="default" onClick={props.onClose}>
            {ui.form.cancel}
          </Button>
          <Button type="submit" className={classes.danger}>
            {props.submit}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
