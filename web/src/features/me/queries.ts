import type { MySession } from "@/api/access";
import { api } from "@/api/client";
import { listQuery } from "@/api/lists";

export const mySessionsQuery = listQuery<MySession>(["my", "sessions"], ({ signal }) =>
  api.GET("/api/v1/me/sessions", { signal }),
);
