import { ErrorState } from "@/ui/ErrorState";
import { wordError } from "./errors";

/** A failed request as a part of a page shows it. */
export function QueryError({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { title, remedy, requestId } = wordError(error);
  return <ErrorState title={title} remedy={remedy} requestId={requestId} onRetry={onRetry} />;
}
