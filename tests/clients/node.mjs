// Sends through @segment/analytics-node: node.mjs URL WRITE_KEY PEOPLE EVENTS
import { Analytics } from "@segment/analytics-node";

const [url, writeKey, people, events] = process.argv.slice(2);
const analytics = new Analytics({
  writeKey,
  host: url,
  flushAt: 20,
  flushInterval: 100,
  maxRetries: 100,
  httpRequestTimeout: 5000,
});
let failed = 0;
analytics.on("error", (error) => {
  failed++;
  console.error(error);
});

for (let n = 0; n < Number(events); n++) {
  for (let number = 0; number < Number(people); number++) {
    // The first half happens before anybody signs in.
    const anonymousId = `anonymous-${number}`;
    const userId = `user-${number}`;
    if (n === events / 2) {
      const traits = { name: `User ${number}`, email: `${userId}@example.com` };
      analytics.identify({ userId, anonymousId, traits });
      const groupId = `account-${number}`;
      analytics.group({ userId, groupId, traits: { name: `Account ${number}`, plan: "team" } });
    }
    const who = n < events / 2 ? { anonymousId } : { userId };
    analytics.track({ ...who, event: "Export", properties: { n } });
  }
  // A little time between events, as in life, so that the server dies between them.
  await new Promise((next) => setTimeout(next, 5));
}
await analytics.closeAndFlush({ timeout: 100_000 });
process.exit(failed ? 1 : 0);
