import { Button } from "@mantine/core";
import type { ErrorComponentProps } from "@tanstack/react-router";
import { isStatus } from "@/api/errors";
import { QueryError } from "@/api/QueryError";
import { Forbidden } from "@/session/guard";
import { EmptyState } from "@/ui/EmptyState";
import { useTitle } from "@/ui/title";
import { frame as words } from "@/words/frame";
import classes from "./pages.module.css";

const start = (label: string) => (
  <Button component="a" href="/" variant="default">
    {label}
  </Button>
);

/** Where a page failed: not permitted, gone, or broken. */
export function ErrorPage({ error, reset }: ErrorComponentProps) {
  if (error instanceof Forbidden) return <ForbiddenPage error={error} />;
  if (isStatus(error, 404)) return <NotFoundPage />;
  return (
    <div className={classes.page}>
      <QueryError error={error} onRetry={reset} />
    </div>
  );
}

function ForbiddenPage({ error }: { error: Forbidden }) {
  const title = words.pages403.title(error.permission);
  useTitle(title);
  return (
    <EmptyState page kind="no-right" title={title} action={start(words.pages403.action)}>
      {words.pages403.text} {words.pages403.see(words.workspace.roles[error.role])}
    </EmptyState>
  );
}

export function NotFoundPage() {
  useTitle(words.pages404.title);
  return (
    <EmptyState
      page
      kind="no-match"
      title={words.pages404.title}
      action={start(words.pages404.action)}
    >
      {words.pages404.text}
    </EmptyState>
  );
}
