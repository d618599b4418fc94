import { useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { SignInForm } from "@/session/SignInForm";
import { session as words } from "@/words/session";
import { Doorway } from "./Doorway";

export function SignInPage() {
  const { to } = useSearch({ from: "/sign-in" });
  const router = useRouter();
  const queryClient = useQueryClient();
  const enter = () => {
    queryClient.clear();
    router.history.push(safeTarget(to));
  };
  return (
    <Doorway title={words.signIn.title} lead={words.signIn.lead} foot={words.signIn.local}>
      <SignInForm onSignedIn={enter} />
    </Doorway>
  );
}

/** Only an address of this console: a link must not lead elsewhere after signing in. */
function safeTarget(to: string | undefined): string {
  return to?.startsWith("/") && !to.startsWith("//") && !to.startsWith("/\\") ? to : "/";
}
