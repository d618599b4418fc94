import { Button, Modal, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import encodeQR from "qr";
import { type FormEvent, useState } from "react";
import { api, request } from "@/api/client";
import { ApiError, wordError } from "@/api/errors";
import { QueryError } from "@/api/QueryError";
import { meQuery } from "@/session/queries";
import { Problem } from "@/session/SignInForm";
import { CopyButton } from "@/ui/CopyCode";
import { SkeletonBlock } from "@/ui/Skeletons";
import { saveFile } from "@/ui/save";
import { me } from "@/words/me";
import { ui } from "@/words/ui";
import classes from "./Me.module.css";

const words = me.totp.steps;

/** A key for the app, a first code as proof, then the codes for the day the phone is lost. */
export default function TotpSetUp({ onClose }: { onClose: () => void }) {
  const queryClient = useQueryClient();
  const start = useQuery({
    queryKey: ["my", "totp"],
    queryFn: () => request(() => api.POST("/api/v1/me/totp")),
    // Each visit makes a key of its own, and nothing of it is kept.
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  const confirm = useMutation({
    mutationFn: (code: string) =>
      request(() => api.POST("/api/v1/me/totp/confirm", { body: { code } }), { renew: false }),
  });
  const codes = confirm.data?.recovery_codes;
  const close = () => {
    onClose();
    if (codes) void queryClient.invalidateQueries(meQuery);
  };
  return (
    <Modal
      opened
      onClose={close}
      // The codes are shown once: a click beside them must not take them away.
      closeOnClickOutside={!codes}
      title={codes ? words.done : words.title}
      closeButtonProps={{ "aria-label": ui.form.close }}
    >
      {start.error ? (
        <QueryError error={start.error} onRetry={() => void start.refetch()} />
      ) : codes ? (
        <Codes codes={codes} onClose={close} />
      ) : start.data ? (
        <Confirm
          start={start.data}
          running={confirm.isPending}
          problem={confirm.error && problemOf(confirm.error)}
          onCode={(code) => confirm.mutate(code)}
        />
      ) : (
        <SkeletonBlock height={360} />
      )}
    </Modal>
  );
}

function problemOf(error: unknown): string {
  const refused = error instanceof ApiError && error.status < 500 && error.status !== 429;
  return refused ? words.wrong : wordError(error).remedy;
}

interface ConfirmProps {
  start: { secret: string; uri: string };
  running: boolean;
  problem: string | null;
  onCode: (code: string) => void;
}

function Confirm({ start, running, problem, onCode }: ConfirmProps) {
  const [code, setCode] = useState("");
  const [missing, setMissing] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const digits = code.replaceAll(/\s/g, "");
    setMissing(digits === "");
    if (digits !== "" && !running) onCode(digits);
  };
  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      <p>{words.scan}</p>
      <QrCode text={start.uri} />
      <div className={classes.key}>
        <span>
          <span className={classes.sub}>{words.key}</span> <code>{inFours(start.secret)}</code>
        </span>
        <CopyButton text={start.secret} />
      </div>
      <TextInput
        label={words.code}
        value={code}
        inputMode="numeric"
        autoComplete="one-time-code"
        data-autofocus
        error={missing ? words.need : undefined}
        onChange={(event) => setCode(event.currentTarget.value)}
      />
      <Problem text={problem} />
      <Button type="submit" fullWidth>
        {running ? words.confirming : words.confirm}
      </Button>
    </form>
  );
}

/** Easier to type from one screen into another. */
const inFours = (secret: string) => secret.replace(/(.{4})(?=.)/g, "$1 ");

/** Always dark on light, as cameras expect it. */
function QrCode({ text }: { text: string }) {
  const rows = encodeQR(text, "raw", { ecc: "medium", border: 2 });
  const path = rows
    .flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")))
    .join("");
  return (
    <svg
      className={classes.qr}
      viewBox={`0 0 ${rows.length} ${rows.length}`}
      shapeRendering="crispEdges"
      role="img"
      aria-label={words.picture}
    >
      <path d={path} />
    </svg>
  );
}

function Codes({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  const text = codes.join("\n");
  return (
    <div className={classes.form}>
      <p>{words.recovery}</p>
      <ul className={classes.codes}>
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className={classes.buttons}>
        <CopyButton text={text} label={words.copy} />
        <Button
          variant="default"
          size="compact-xs"
          onClick={() => saveFile(new Blob([`${text}\n`], { type: "text/plain" }), words.fileName)}
        >
          {words.file}
        </Button>
      </div>
      <Button onClick={onClose}>{ui.secret.done}</Button>
    </div>
  );
}
