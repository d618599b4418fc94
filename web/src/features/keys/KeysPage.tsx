import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { tokensQuery } from "@/api/tokens";
import { useCan, useWorkspace } from "@/session/session";
import { usePageActions } from "@/ui/actions";
import { PageHeader } from "@/ui/PageHeader";
import { keys as words } from "@/words/keys";
import { writeKeysQuery } from "./queries";
import { type Revocable, Revoke } from "./Revoke";
import { RotateForm } from "./RotateForm";
import { TokenForm } from "./TokenForm";
import { TokensTable } from "./TokensTable";
import { WriteKeyForm } from "./WriteKeyForm";
import { WriteKeysTable } from "./WriteKeysTable";

type Open = { form: "write-key" | "token" } | { revoke: Revocable } | { rotate: Revocable } | null;

const inForce = ({ revoked_at }: { revoked_at: string | null }) => revoked_at === null;

export function KeysPage() {
  const { slug: workspace } = useWorkspace();
  const can = useCan();
  const makesKeys = can("write_keys.write");
  const seesTokens = can("tokens.read");
  const makesTokens = can("tokens.write");
  const writeKeys = useInfiniteQuery(writeKeysQuery(workspace));
  const tokens = useInfiniteQuery({ ...tokensQuery(workspace), enabled: seesTokens });
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  usePageActions(
    useMemo(
      () => [
        ...(makesKeys
          ? [{ id: "key new", label: words.write.add, run: () => setOpen({ form: "write-key" }) }]
          : []),
        ...(makesTokens
          ? [{ id: "token new", label: words.tokens.add, run: () => setOpen({ form: "token" }) }]
          : []),
      ],
      [makesKeys, makesTokens],
    ),
  );
  const count = (query: { data?: { pages: { items: { revoked_at: string | null }[] }[] } }) =>
    query.data?.pages.flatMap(({ items }) => items).filter(inForce).length ?? 0;
  return (
    <>
      <PageHeader
        title={words.title}
        verdict={
          writeKeys.data && (tokens.data || !seesTokens)
            ? words.verdict(count(writeKeys), seesTokens ? count(tokens) : null)
            : undefined
        }
      />
      <WriteKeysTable
        query={writeKeys}
        onAdd={makesKeys ? () => setOpen({ form: "write-key" }) : undefined}
        onRotate={
          makesKeys
            ? ({ id, name }) => setOpen({ rotate: { kind: "write-keys", id, name } })
            : undefined
        }
        onRevoke={
          makesKeys
            ? ({ id, name }) => setOpen({ revoke: { kind: "write-keys", id, name } })
            : undefined
        }
      />
      {seesTokens ? (
        <TokensTable
          query={tokens}
          onAdd={makesTokens ? () => setOpen({ form: "token" }) : undefined}
          onRotate={
            makesTokens
              ? ({ id, name }) => setOpen({ rotate: { kind: "tokens", id, name } })
              : undefined
          }
          onRevoke={
            makesTokens
              ? ({ id, name }) => setOpen({ revoke: { kind: "tokens", id, name } })
              : undefined
          }
        />
      ) : null}
      {open && "form" in open && open.form === "write-key" ? (
        <WriteKeyForm workspace={workspace} onClose={close} />
      ) : null}
      {open && "form" in open && open.form === "token" ? (
        <TokenForm workspace={workspace} onClose={close} />
      ) : null}
      {open && "rotate" in open ? (
        <RotateForm workspace={workspace} what={open.rotate} onClose={close} />
      ) : null}
      {open && "revoke" in open ? (
        <Revoke workspace={workspace} what={open.revoke} onClose={close} />
      ) : null}
    </>
  );
}
