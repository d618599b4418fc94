import { createFileRoute } from "@tanstack/react-router";
import { AuditPage } from "@/features/audit/AuditPage";
import { auditQuery, auditSearch, auditStateQuery } from "@/features/audit/queries";
import { needs } from "@/session/guard";

export const Route = createFileRoute("/_framed/system/audit")({
  beforeLoad: needs("audit.read"),
  validateSearch: auditSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ context: { queryClient }, deps }) => {
    void queryClient.prefetchInfiniteQuery(auditQuery(deps));
    void queryClient.prefetchQuery(auditStateQuery);
  },
  component: AuditPage,
});
