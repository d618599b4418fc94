import { queryOptions } from "@tanstack/react-query";
import type { AuditEntry } from "@/api/access";
import { api, request } from "@/api/client";
import { listQuery } from "@/api/lists";
import { dayOf, type RawSearch, textOf } from "@/router/search";

export interface AuditSearch {
  q?: string;
  actor?: string;
  action?: string;
  workspace?: string;
  from?: string;
  to?: string;
}

export function auditSearch(raw: RawSearch): AuditSearch {
  return {
    q: textOf(raw.q),
    actor: textOf(raw.actor),
    action: textOf(raw.action),
    workspace: textOf(raw.workspace),
    from: dayOf(raw.from),
    to: dayOf(raw.to),
  };
}

export const auditQuery = (search: AuditSearch) =>
  listQuery<AuditEntry>(["system", "audit", "list", search], ({ cursor, limit, signal }) =>
    api.GET("/api/v1/audit", { params: { query: { ...search, cursor, limit } }, signal }),
  );

export const auditStateQuery = queryOptions({
  queryKey: ["system", "audit", "state"],
  queryFn: ({ signal }) => request(() => api.GET("/api/v1/audit/state", { signal })),
});
