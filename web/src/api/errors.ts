import { errors as words } from "@/words/errors";
import type { components } from "./schema";

type Problem = components["schemas"]["Problem"];

/** The only place that words errors: a code chooses the sentence, `detail` is the fallback. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly requestId: string | null;
  readonly fields: readonly { field: string; message: string }[];

  constructor(status: number, problem: Partial<Problem>) {
    super(problem.detail || words.statuses[status]?.remedy || words.status(status));
    this.name = "ApiError";
    this.status = status;
    this.code = problem.code ?? "";
    this.requestId = problem.request_id ?? null;
    this.fields = problem.errors ?? [];
  }
}

export function problemOf(body: unknown): Partial<Problem> {
  return typeof body === "object" && body !== null ? (body as Partial<Problem>) : {};
}

export interface ErrorWords {
  title: string;
  remedy: string;
  requestId: string | null;
  status: number | null;
}

export function wordError(error: unknown): ErrorWords {
  if (error instanceof ApiError) {
    const known = words.codes[error.code];
    const title = known?.title ?? words.statuses[error.status]?.title;
    return {
      title: title ?? words.status(error.status),
      remedy: known?.remedy ?? error.message,
      requestId: error.requestId,
      status: error.status,
    };
  }
  const away = error instanceof TypeError;
  return {
    ...(away ? words.away : words.page),
    requestId: null,
    status: null,
  };
}

export function isStatus(error: unknown, status: number): boolean {
  return error instanceof ApiError && error.status === status;
}

/** Field errors as Mantine's form wants them: `{field: message}`. */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof ApiError)) return {};
  return Object.fromEntries(error.fields.map(({ field, message }) => [field, message]));
}
