// Sends through @segment/analytics-next in Chromium: browser.mjs STRATEGY URL WRITE_KEY PEOPLE EVENTS
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { launch } from "../browser.mjs";

const [strategy, url, writeKey, people, events] = process.argv.slice(2);
const bundle = await build({
  entryPoints: [fileURLToPath(new URL("page.mjs", import.meta.url))],
  bundle: true,
  write: false,
  format: "iife",
  define: { "process.env.NODE_ENV": '"production"', "process.env": "{}" },
});
const page = `<!doctype html><title>Portal</title><script>${bundle.outputFiles[0].text.replaceAll("</script", "<\\/script")}</script>`;

// Another origin than the server's, as in life.
const site = createServer((_, answer) =>
  answer.setHeader("content-type", "text/html; charset=utf-8").end(page),
);
await new Promise((ready) => site.listen(0, "127.0.0.1", ready));
const browser = await launch();
try {
  const tab = await browser.newPage();
  tab.on("pageerror", (error) => console.error(error));
  await tab.goto(`http://127.0.0.1:${site.address().port}/`);
  const plan = { strategy, url, writeKey, people: Number(people), events: Number(events) };
  process.exitCode = await tab.evaluate((plan) => window.send(plan), plan);
  // The page stays open, as its client may still be retrying, until standard input ends.
  for await (const _ of process.stdin);
} finally {
  await browser.close();
  site.close();
}
