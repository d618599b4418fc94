import createClient from "openapi-fetch";
import { saveFile } from "@/ui/save";
import { markAway, markBack } from "./connection";
import { ApiError, problemOf } from "./errors";
import type { components, paths } from "./schema";
import { throughTheirEyes } from "./viewAs";

export type Schema = components["schemas"];

/** Cookie writes must carry this header; a foreign page cannot set it. */
const client = createClient<paths>({
  baseUrl: "/",
  headers: { "X-Takehold-Request": "1" },
  credentials: "same-origin",
  fetch: reach,
});

export const api = client;

/** One door to the network, so that "server away" is noticed in one place. */
async function reach(request: Request): Promise<Response> {
  const refused = throughTheirEyes(request);
  if (refused) return refused;
  let response: Response;
  try {
    response = await fetch(request);
  } catch (cause) {
    if (!request.signal.aborted) markAway();
    throw cause;
  }
  if (response.status === 502 || response.status === 503 || response.status === 504) markAway();
  else markBack();
  return response;
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

let signInAgain: (() => Promise<void>) | undefined;

/** The frame hands over how to renew a session; requests then wait instead of failing. */
export function onSessionOver(renew: (() => Promise<void>) | undefined): void {
  signInAgain = renew;
}

/**
 * Runs a request and gives its data, or throws an `ApiError`. When the session has ended
 * meanwhile it waits for the sign-in dialog and sends the same request again.
 */
export async function request<T>(
  send: () => Promise<Answer<T>>,
  { renew = true }: { renew?: boolean } = {},
): Promise<T> {
  let answer = await send();
  if (renew && answer.response.status === 401 && signInAgain) {
    await signInAgain();
    answer = await send();
  }
  if (!answer.response.ok) throw new ApiError(answer.response.status, problemOf(answer.error));
  // Answers without a body (204, 202) are typed `never` or `undefined` by the schema.
  return answer.data as T;
}

/** Fetches a list or metric as CSV and hands it to the browser as a file. */
export async function downloadCsv(
  path: string,
  params: Record<string, string | number | boolean | readonly string[] | undefined>,
  fileName: string,
): Promise<void> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined || value === "") continue;
    for (const each of Array.isArray(value) ? value : [value]) query.append(name, String(each));
  }
  const text = query.size > 0 ? `?${query}` : "";
  const blob = await request(async () => {
    const response = await reach(
      new Request(`${path}${text}`, {
        headers: { Accept: "text/csv" },
        credentials: "same-origin",
      }),
    );
    if (!response.ok) return { error: await response.json().catch(() => null), response };
    return { data: await response.blob(), response };
  });
  saveFile(blob, fileName);
}
