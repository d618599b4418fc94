import type { Sample } from "@/ui/CopyCode";

/** Stands where the reader puts the key; the console never keeps a secret to fill it in. */
export const KEY_PLACEHOLDER = "YOUR_WRITE_KEY";

/** The same first event in the languages at hand. */
export function eventSamples(origin: string, key: string, app = "Travel claims"): Sample[] {
  return [
    {
      key: "curl",
      label: "curl",
      code: `curl ${origin}/v1/track \\
  -u ${key}: \\
  -H 'Content-Type: application/json' \\
  -d '{
    "userId": "u-1",
    "event": "Report Exported",
    "properties": { "rows": 120 },
    "context": { "app": ${JSON.stringify(app)}, "groupId": "finance" }
  }'`,
    },
    {
      key: "js",
      label: "JavaScript",
      code: `await fetch("${origin}/v1/track", {
  method: "POST",
  headers: {
    "Content-Type": "application/json",
    Authorization: "Bearer ${key}",
  },
  body: JSON.stringify({
    userId: "u-1",
    event: "Report Exported",
    properties: { rows: 120 },
    context: { app: ${JSON.stringify(app)}, groupId: "finance" },
    messageId: crypto.randomUUID(),
    timestamp: new Date().toISOString(),
  }),
});`,
    },
    {
      key: "python",
      label: "Python",
      code: `import json, urllib.request

event = {
    "userId": "u-1",
    "event": "Report Exported",
    "properties": {"rows": 120},
    "context": {"app": ${JSON.stringify(app)}, "groupId": "finance"},
}
request = urllib.request.Request(
    "${origin}/v1/track",
    data=json.dumps(event).encode(),
    headers={
        "Content-Type": "application/json",
        "Authorization": "Bearer ${key}",
    },
)
print(urllib.request.urlopen(request).read())`,
    },
  ];
}

/** What a token is for: reading the API. */
export function tokenSamples(origin: string, workspace: string, token: string): Sample[] {
  return [
    {
      key: "curl",
      label: "curl",
      code: `curl ${origin}/api/v1/workspaces/${workspace}/summary \\
  -H 'Authorization: Bearer ${token}'`,
    },
    {
      key: "csv",
      label: "CSV",
      code: `curl ${origin}/api/v1/workspaces/${workspace}/people \\
  -H 'Authorization: Bearer ${token}' \\
  -H 'Accept: text/csv' -o people.csv`,
    },
  ];
}

export const importCommand = "takehold import events.ndjson";
