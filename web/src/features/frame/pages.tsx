import type { ErrorComponentProps } from "@tanstack/react-router";
import { QueryError } from "@/api/QueryError";
import { EmptyState } from "@/ui/EmptyState";

export function ErrorPage({ error, reset }: ErrorComponentProps) {
  return <QueryError error={error} onRetry={reset} />;
}

export function NotFoundPage() {
  return <EmptyState kind="no-match" title="Nothing here" />;
}
