import { Button, Modal } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import type { SignInChoice } from "@/api/access";
import { api } from "@/api/client";
import { DirectoryForm } from "@/session/DirectoryForm";
import { doorHref } from "@/session/Doors";
import classes from "@/session/forms.module.css";
import { signInQuery } from "@/session/queries";
import { SignInForm } from "@/session/SignInForm";
import { useMe } from "@/session/session";
import { session } from "@/words/session";

const words = session.over;

/** Cannot be closed: the page behind it has nothing to show without a session. */
export default function SessionOverDialog({ onSignedIn }: { onSignedIn: () => void }) {
  const { email, source } = useMe();
  const { data } = useQuery(signInQuery);
  const door = data?.sources.find(({ key }) => key === source);
  return (
    <Modal opened onClose={() => undefined} withCloseButton={false} title={words.title} centered>
      <p>{words.lead}</p>
      {door ? (
        <Again door={door} onSignedIn={onSignedIn} />
      ) : (
        <SignInForm email={email} onSignedIn={onSignedIn} />
      )}
      <a href="/sign-in?stay=1">{words.leave}</a>
    </Modal>
  );
}

/** Through the same door as before; a provider is visited beside the page, which is kept. */
function Again({ door, onSignedIn }: { door: SignInChoice; onSignedIn: () => void }) {
  useEffect(() => {
    if (door.kind !== "oidc") return;
    const look = async () => {
      const { response } = await api.GET("/api/v1/me");
      if (response.ok) onSignedIn();
    };
    const back = () => void look().catch(() => undefined);
    window.addEventListener("focus", back);
    return () => window.removeEventListener("focus", back);
  }, [door, onSignedIn]);
  if (door.kind === "ldap") return <DirectoryForm source={door} onSignedIn={onSignedIn} />;
  return (
    <div className={classes.form}>
      <Button component="a" href={doorHref(door, "/")} target="_blank" rel="noopener" fullWidth>
        {words.elsewhere(door.name)}
      </Button>
      <p>{words.waiting}</p>
    </div>
  );
}
