import type { Mapping, Source } from "@/api/access";
import { api } from "@/api/client";
import { listQuery } from "@/api/lists";

export const sourcesQuery = listQuery<Source>(["system", "sources"], ({ signal }) =>
  api.GET("/api/v1/sign-in-sources", { signal }),
);

export const mappingsQuery = listQuery<Mapping>(["system", "mappings"], ({ signal }) =>
  api.GET("/api/v1/group-mappings", { signal }),
);
