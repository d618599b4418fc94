// The console in a browser, on the demo: what the tests of its pages share.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { launch } from "../browser.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
export const WORKSPACE = "/w/default";

export const sizes = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
export const schemes = ["light", "dark"];

let demo;
let browser;
export let base;
export let account;
let pictures;

export async function start() {
  [demo, browser] = [await startDemo(), await launch()];
}

export async function stop() {
  await browser?.close();
  demo?.kill();
}

async function startDemo() {
  const port = await freePort();
  const server = spawn(process.env.TAKEHOLD_BIN, ["demo", "--port", port], { stdio: ["ignore", "pipe", "ignore"] });
  for await (const line of createInterface({ input: server.stdout })) {
    const [, word, value] = /^(Open|Log in): (.*)$/.exec(line) ?? [];
    if (word === "Open") base = new URL(value).origin;
    if (word === "Log in") account = value.split(" / ");
    if (base && account) return server;
  }
  throw new Error("the demo ended before it was ready");
}

function freePort() {
  return new Promise((found) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => found(String(port)));
    });
  });
}

/** A tab that remembers what went wrong in it. */
export async function openTab(size, scheme, state) {
  const context = await browser.newContext({
    viewport: sizes[size],
    colorScheme: scheme,
    reducedMotion: "reduce",
    locale: "en-GB",
    storageState: state,
  });
  const tab = await context.newPage();
  tab.setDefaultTimeout(15_000);
  const seen = { wrong: [], calls: new Set(), open: 0 };
  tab.on("console", (message) => {
    if (message.type() === "error") seen.wrong.push(`console: ${message.text()}`);
  });
  tab.on("pageerror", (error) => seen.wrong.push(`exception: ${error.message}`));
  tab.on("request", (request) => {
    const url = new URL(request.url());
    seen.open++;
    if (url.pathname.startsWith("/api/")) seen.calls.add(request.url());
    if (url.protocol !== "data:" && url.origin !== base) seen.wrong.push(`foreign host: ${url}`);
  });
  tab.on("requestfinished", () => seen.open--);
  tab.on("requestfailed", (request) => {
    seen.open--;
    // The browser gives up what a page that is left still waited for.
    const { errorText } = request.failure();
    if (errorText !== "net::ERR_ABORTED") seen.wrong.push(`request: ${request.url()} ${errorText}`);
  });
  tab.on("response", (response) => {
    if (response.status() >= 400) seen.wrong.push(`answer ${response.status()}: ${response.url()}`);
  });
  return { tab, seen };
}

/** Waits until the page has its heading, nothing is on its way and nothing moves. */
export async function settle({ tab, seen }) {
  await tab.locator("h1").first().waitFor();
  let quiet = 0;
  let before = "";
  for (const deadline = Date.now() + 15_000; quiet < 4; ) {
    assert.ok(Date.now() < deadline, "the page does not come to rest");
    await tab.waitForTimeout(50);
    const [now, busy] = await tab.evaluate(() => [
      document.body.innerText,
      document.querySelector("[aria-busy=true]") !== null,
    ]);
    quiet = seen.open === 0 && !busy && now === before ? quiet + 1 : 0;
    before = now;
  }
}

export async function violations(tab) {
  const found = await tab.evaluate(
    ([source, rules]) => {
      if (!window.axe) new Function(source)();
      return window.axe.run(document, { runOnly: rules });
    },
    [axe, RULES],
  );
  return found.violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `axe ${id}: ${nodes.slice(0, 3).map(({ target }) => target.join(" "))}`);
}

export async function signIn({ tab }, [email, password] = account) {
  await tab.goto(`${base}/`);
  await tab.getByLabel("E-mail").fill(email);
  await tab.getByLabel("Password", { exact: true }).fill(password);
  await tab.keyboard.press("Enter");
  await tab.waitForURL(`**${WORKSPACE}**`);
}

/** The session of somebody who has signed in. */
export async function signedIn(as) {
  const opened = await openTab("desk", "light");
  await signIn(opened, as);
  const context = opened.tab.context();
  const state = await context.storageState();
  await context.close();
  return state;
}

/** Takes a picture when a step fails, and says where it lies. */
export async function step({ tab }, name, act) {
  try {
    await act();
  } catch (error) {
    pictures ??= mkdtempSync(join(tmpdir(), "takehold-e2e-"));
    const path = join(pictures, `${name.replaceAll(/\W+/g, "-")}.png`);
    await tab.screenshot({ path });
    error.message += `\n(picture: ${path})`;
    throw error;
  }
}

/** Opens a page and finds nothing wrong with it; answers how many calls it took. */
export async function look(opened, path) {
  const { tab, seen } = opened;
  seen.wrong = [];
  seen.calls.clear();
  await tab.goto(base + path);
  await settle(opened);
  await check(opened);
  return seen.calls.size;
}

/** Nothing went wrong so far, axe has no complaint, and nothing runs over the edge. */
export async function check({ tab, seen }) {
  seen.wrong.push(...(await violations(tab)));
  const wide = await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) seen.wrong.push(`scrolls sideways by ${wide} px`);
  assert.deepEqual(seen.wrong, []);
}
