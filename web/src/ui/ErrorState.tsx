import { Button } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { ui } from "@/words/ui";
import classes from "./EmptyState.module.css";

interface ErrorStateProps {
  title: string;
  remedy: string;
  requestId?: string | null;
  onRetry?: () => void;
}

/** What went wrong, what helps, and the id by which the server's log knows it. */
export function ErrorState({ title, remedy, requestId, onRetry }: ErrorStateProps) {
  return (
    <div className={classes.error} role="alert">
      <h2 className={classes.errorTitle}>
        <IconAlertTriangle size={20} stroke={1.5} aria-hidden="true" /> {title}
      </h2>
      <p>{remedy}</p>
      {onRetry ? (
        <Button variant="default" size="xs" onClick={onRetry}>
          {ui.error.again}
        </Button>
      ) : null}
      {requestId ? (
        <details className={classes.details}>
          <summary>{ui.error.details}</summary>
          {ui.error.requestId(requestId)}
        </details>
      ) : null}
    </div>
  );
}
