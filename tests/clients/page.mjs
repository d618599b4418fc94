// What the page of the browser client does: each person in turn, first unknown, then signed in.
import { AnalyticsBrowser } from "@segment/analytics-next";

/** Answers how many events the client gave up. */
window.send = async ({ strategy, url, writeKey, people, events }) => {
  const { host, protocol } = new URL(url);
  const deliveryStrategy =
    strategy === "batching"
      ? { strategy, config: { size: 20, timeout: 100, maxRetries: 100 } }
      : { strategy };
  const integration = {
    apiKey: writeKey,
    apiHost: `${host}/v1`,
    protocol: protocol.replace(":", ""),
    deliveryStrategy,
    httpConfig: { backoffConfig: { maxRetryCount: 100, maxBackoffInterval: 2 } },
  };
  // Settings that are passed in are not fetched.
  const cdnSettings = { integrations: { "Segment.io": integration } };
  const [analytics] = await AnalyticsBrowser.load(
    { writeKey, cdnSettings },
    { integrations: { "Segment.io": integration }, retryQueue: true },
  );
  let failed = 0;
  analytics.on("error", () => failed++);

  for (let number = 0; number < people; number++) {
    analytics.reset();
    analytics.setAnonymousId(`anonymous-${number}`);
    for (let n = 0; n < events; n++) {
      if (n === events / 2) {
        const traits = { name: `User ${number}`, email: `user-${number}@example.com` };
        await analytics.identify(`user-${number}`, traits);
        await analytics.group(`account-${number}`, { name: `Account ${number}`, plan: "team" });
      }
      await analytics.track("Export", { n });
    }
  }
  return failed;
};
