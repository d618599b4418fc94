import { Modal } from "@mantine/core";
import { SignInForm } from "@/session/SignInForm";
import { useMe } from "@/session/session";
import { session as words } from "@/words/session";

/** Cannot be closed: the page behind it has nothing to show without a session. */
export default function SessionOverDialog({ onSignedIn }: { onSignedIn: () => void }) {
  const { email } = useMe();
  return (
    <Modal
      opened
      onClose={() => undefined}
      withCloseButton={false}
      title={words.over.title}
      centered
    >
      <p>{words.over.lead}</p>
      <SignInForm email={email} onSignedIn={onSignedIn} />
      <a href="/sign-in">{words.over.leave}</a>
    </Modal>
  );
}
