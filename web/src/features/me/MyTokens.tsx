import { useInfiniteQuery } from "@tanstack/react-query";
import type { Schema } from "@/api/client";
import { tokensQuery } from "@/api/tokens";
import { useHref } from "@/router/href";
import { useCan, useWorkspace } from "@/session/session";
import { Chip } from "@/ui/badges";
import { Card } from "@/ui/Card";
import { When } from "@/ui/Num";
import { frame } from "@/words/frame";
import { me } from "@/words/me";
import classes from "./Me.module.css";

const words = me.tokens;

/** The programs that call in the reader's name, in the workspace they came from. */
export function MyTokens({ email }: { email: string }) {
  const { slug: workspace, name } = useWorkspace();
  const sees = useCan()("tokens.read");
  const href = useHref();
  const query = useInfiniteQuery({ ...tokensQuery(workspace), enabled: sees });
  const all: Schema["ApiToken"][] | undefined = query.data?.pages.flatMap(({ items }) => items);
  const mine = all?.filter(({ owner, revoked_at }) => owner === email && revoked_at === null);
  if (!sees || !mine) return null;
  return (
    <Card
      title={words.title}
      aside={<a href={href({ to: "/w/$workspace/keys", params: { workspace } })}>{words.all}</a>}
    >
      <p className={classes.text}>{words.text(mine.length, name)}</p>
      {mine.length > 0 ? (
        <ul className={classes.list}>
          {mine.map((token) => (
            <li key={token.id}>
              <span>
                {token.name} <Chip>{frame.workspace.roles[token.role]}</Chip>
              </span>
              <span className={classes.sub}>
                {token.last_used_at ? (
                  <>
                    {words.used} <When at={token.last_used_at} />
                  </>
                ) : (
                  words.never
                )}
              </span>
            </li>
          ))}
        </ul>
      ) : null}
    </Card>
  );
}
