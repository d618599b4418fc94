import { Modal } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { UserDetail } from "@/api/access";
import { api, request } from "@/api/client";
import { QueryError } from "@/api/QueryError";
import { formatInstantDay } from "@/ui/format";
import { SecretOnce } from "@/ui/SecretOnce";
import { SkeletonBlock } from "@/ui/Skeletons";
import { ui } from "@/words/ui";
import { users } from "@/words/users";
import classes from "./Users.module.css";

const words = users.user;

/** For somebody who has lost their password; made when the dialog opens, gone when it closes. */
export function PasswordLink({ user, onClose }: { user: UserDetail; onClose: () => void }) {
  const link = useQuery({
    queryKey: ["password-link", user.id],
    queryFn: () =>
      request(() =>
        api.POST("/api/v1/users/{id}/password-link", {
          params: { path: { id: user.id } },
          body: {},
        }),
      ),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={words.linkTitle(user.name || user.email)}
      closeButtonProps={{ "aria-label": ui.form.close }}
    >
      <div className={classes.done}>
        <p>{words.linkText}</p>
        {link.error ? <QueryError error={link.error} /> : null}
        {link.data ? (
          <>
            <SecretOnce secret={link.data.url} note={ui.secret.link} />
            <p className={classes.sub}>
              {users.form.until(formatInstantDay(link.data.expires_at))}
            </p>
          </>
        ) : null}
        {link.isPending ? <SkeletonBlock height={70} /> : null}
      </div>
    </Modal>
  );
}
