import { oneOf, type RawSearch, textOf } from "@/router/search";

export interface InspectorSearch {
  outcome?: "accepted" | "duplicate" | "rejected";
  app?: string;
  key?: string;
}

export function inspectorSearch(raw: RawSearch): InspectorSearch {
  return {
    outcome: oneOf(raw.outcome, ["accepted", "duplicate", "rejected"], undefined),
    app: textOf(raw.app),
    key: textOf(raw.key),
  };
}
