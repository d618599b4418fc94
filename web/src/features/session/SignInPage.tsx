import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import type { SignInOptions } from "@/api/access";
import { forgetView } from "@/api/viewAs";
import { Doors, doorHref } from "@/session/Doors";
import classes from "@/session/forms.module.css";
import { signInQuery } from "@/session/queries";
import { SkeletonBlock } from "@/ui/Skeletons";
import { session } from "@/words/session";
import { Doorway } from "./Doorway";

const words = session.signIn;

/** Where the server does not say how to sign in, a password kept here is the way that always was. */
const plain: SignInOptions = { local: true, sso_only: false, sources: [] };

export function SignInPage() {
  const { to, problem, detail, local, stay, way } = useSearch({ from: "/sign-in" });
  const navigate = useNavigate({ from: "/sign-in" });
  const router = useRouter();
  const queryClient = useQueryClient();
  const query = useQuery(signInQuery);
  const options = query.data ?? (query.error ? plain : undefined);
  const target = safeTarget(to);
  const only = options?.sources.length === 1 ? options.sources[0] : undefined;
  const leaving =
    only?.auto && only.kind === "oidc" && !problem && !local && !stay ? only : undefined;
  useEffect(() => {
    if (leaving) window.location.replace(doorHref(leaving, target));
  }, [leaving, target]);
  const enter = () => {
    forgetView();
    queryClient.clear();
    router.history.push(target);
  };
  if (leaving) {
    return (
      <Doorway title={words.title} lead={words.leaving(leaving.name)}>
        <Button variant="default" fullWidth component="a" href="/sign-in?stay=1">
          {words.stay}
        </Button>
      </Doorway>
    );
  }
  const elsewhere = options?.sources.some(({ kind }) => kind === "oidc");
  const closed = options && !options.local && !local && options.sources.length === 0;
  return (
    <Doorway title={words.title} lead={words.lead} foot={elsewhere ? undefined : words.local}>
      {problem ? <WentWrong code={problem} detail={detail} /> : null}
      {options && !closed ? (
        <Doors
          options={options}
          local={local === true}
          to={target}
          way={way}
          onWay={(next) =>
            void navigate({ search: (old) => ({ ...old, way: next }), replace: true })
          }
          onSignedIn={enter}
        />
      ) : null}
      {options ? null : <SkeletonBlock height={190} />}
      {closed ? <p className={classes.note}>{words.closed}</p> : null}
    </Doorway>
  );
}

/** What came of a sign-in elsewhere: our sentence for it, then the server's own words. */
function WentWrong({ code, detail }: { code: string; detail?: string }) {
  const known = words.problems[code];
  return (
    <div className={classes.problem} role="alert">
      <p>{known ?? detail ?? words.failed}</p>
      {known && detail && detail !== known ? <p className={classes.detail}>{detail}</p> : null}
    </div>
  );
}

/** Only an address of this console: a link must not lead elsewhere after signing in. */
function safeTarget(to: string | undefined): string {
  return to?.startsWith("/") && !to.startsWith("//") && !to.startsWith("/\\") ? to : "/";
}
