import { Button, Modal, NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, request } from "@/api/client";
import { QueryError } from "@/api/QueryError";
import { viewAs } from "@/api/viewAs";
import { useMe } from "@/session/session";
import { frame } from "@/words/frame";
import { ui } from "@/words/ui";
import classes from "./pages.module.css";

const words = frame.viewAs;

const query = {
  queryKey: ["system", "users", "view-as"],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    request(() => api.GET("/api/v1/users", { params: { query: { limit: 500 } }, signal })),
};

/** Whose eyes to look through. Builders first: their view differs most from an admin's. */
export default function ViewAsDialog({ onClose }: { onClose: () => void }) {
  const me = useMe();
  const { data, error, refetch } = useQuery(query);
  const [chosen, setChosen] = useState("");
  const [missing, setMissing] = useState(false);
  const others = (data?.items ?? []).filter(
    (user) => user.email !== me.email && !user.disabled_at && user.roles.length > 0,
  );
  const builds = (user: (typeof others)[number]) =>
    user.roles.some(({ role }) => role === "builder");
  const show = (event: FormEvent) => {
    event.preventDefault();
    const user = others.find(({ id }) => String(id) === chosen);
    if (user) viewAs({ id: user.id, name: user.name || user.email }, "/");
    else setMissing(true);
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={words.title}
      closeButtonProps={{ "aria-label": ui.form.close }}
    >
      {error ? <QueryError error={error} onRetry={() => void refetch()} /> : null}
      {data && others.length === 0 ? <p>{words.none}</p> : null}
      {others.length > 0 ? (
        <form className={classes.form} onSubmit={show}>
          <p>{words.lead}</p>
          <NativeSelect
            label={words.who}
            data-autofocus
            value={chosen}
            error={missing ? words.need : undefined}
            onChange={(event) => {
              setChosen(event.currentTarget.value);
              setMissing(false);
            }}
            data={[
              { value: "", label: words.choose },
              ...[...others.filter(builds), ...others.filter((user) => !builds(user))].map(
                ({ id, name, email, roles }) => ({
                  value: String(id),
                  label: `${name || email} · ${[...new Set(roles.map(({ role }) => frame.workspace.roles[role]))].join(", ")}`,
                }),
              ),
            ]}
          />
          <Button type="submit">{words.submit}</Button>
        </form>
      ) : null}
    </Modal>
  );
}
