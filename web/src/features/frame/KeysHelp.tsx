import { Modal } from "@mantine/core";
import { Fragment } from "react";
import { frame as words } from "@/words/frame";
import { ui } from "@/words/ui";
import classes from "./pages.module.css";

export default function KeysHelp({ onClose }: { onClose: () => void }) {
  return (
    <Modal
      opened
      onClose={onClose}
      title={words.keys.title}
      closeButtonProps={{ "aria-label": ui.form.close }}
    >
      <div className={classes.keys}>
        {words.keys.groups.map((group) => (
          <section key={group.name}>
            <h3>{group.name}</h3>
            <dl>
              {group.keys.map(([key, does]) => (
                <Fragment key={key}>
                  <dt>
                    <kbd>{key}</kbd>
                  </dt>
                  <dd>{does}</dd>
                </Fragment>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
