// Every page of the console in a browser, on the demo: nothing fails, nothing leaves the host, axe finds nothing serious.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, test } from "node:test";
import { launch } from "../browser.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const CALLS = 6;
const WORKSPACE = "/w/default";

const sizes = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const schemes = ["light", "dark"];

let demo;
let browser;
let base;
let account;
let pictures;

before(async () => {
  [demo, browser] = [await startDemo(), await launch()];
});

after(async () => {
  await browser?.close();
  demo?.kill();
});

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
async function openTab(size, scheme, state) {
  const context = await browser.newContext({
    viewport: sizes[size],
    colorScheme: scheme,
    reducedMotion: "reduce",
    locale: "en-GB",
    storageState: state,
  });
  const tab = await context.newPage();
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
async function settle({ tab, seen }) {
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

async function violations(tab) {
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

async function signIn({ tab }) {
  await tab.goto(`${base}/`);
  await tab.getByLabel("E-mail").fill(account[0]);
  await tab.getByLabel("Password", { exact: true }).fill(account[1]);
  await tab.keyboard.press("Enter");
  await tab.waitForURL(`**${WORKSPACE}**`);
}

/** The session of somebody who has signed in. */
async function signedIn() {
  const opened = await openTab("desk", "light");
  await signIn(opened);
  const context = opened.tab.context();
  const state = await context.storageState();
  await context.close();
  return state;
}

/** Takes a picture when a step fails, and says where it lies. */
async function step({ tab }, name, act) {
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

async function pagesOf(tab) {
  const first = async (list, key, query = "") => {
    const answer = await tab.request.get(`${base}/api/v1/workspaces/default/${list}?limit=1${query}`);
    return encodeURIComponent((await answer.json()).items[0][key]);
  };
  const app = `${WORKSPACE}/apps/${await first("apps", "app")}`;
  return [
    WORKSPACE,
    `${WORKSPACE}/apps`,
    ...["overview", "retention", "features", "releases", "people", "settings"].map((name) => `${app}/${name}`),
    `${WORKSPACE}/people`,
    `${WORKSPACE}/people?q=nobody+of+this+name`,
    `${WORKSPACE}/people/${await first("people", "external_id")}`,
    `${WORKSPACE}/accounts`,
    `${WORKSPACE}/accounts/${await first("accounts", "external_id")}`,
    `${WORKSPACE}/retention`,
    `${WORKSPACE}/lifecycle`,
    `${WORKSPACE}/lifecycle/period-lifecycle/time`,
    `${WORKSPACE}/inspector`,
    `${WORKSPACE}/keys`,
    `${WORKSPACE}/setup`,
    "/docs",
  ];
}

describe("every page", { concurrency: 2 }, () => {
  for (const size of Object.keys(sizes)) {
    for (const scheme of schemes) {
      test(`${size}, ${scheme}`, async (t) => {
        const opened = await openTab(size, scheme, await signedIn());
        const { tab } = opened;
        for (const path of await pagesOf(tab)) {
          await t.test(path, (t) => step(opened, `${path} ${size} ${scheme}`, () => look(opened, path, t)));
        }
        await tab.context().close();
      });
    }
  }
});

async function look(opened, path, t) {
  const { tab, seen } = opened;
  seen.wrong = [];
  seen.calls.clear();
  await tab.goto(base + path);
  await settle(opened);
  seen.wrong.push(...(await violations(tab)));
  const wide = await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) seen.wrong.push(`scrolls sideways by ${wide} px`);
  assert.deepEqual(seen.wrong, []);
  if (seen.calls.size > CALLS) t.diagnostic(`asks the API ${seen.calls.size} times to paint, more than ${CALLS}`);
}

describe("signing in", () => {
  test("a wrong password is told and the right one opens the console", async () => {
    const opened = await openTab("desk", "light");
    const { tab, seen } = opened;
    await step(opened, "sign-in", async () => {
      await tab.goto(`${base}/`);
      await tab.waitForURL("**/sign-in**");
      await settle(opened);
      assert.deepEqual(await violations(tab), []);
      await tab.getByLabel("E-mail").fill(account[0]);
      await tab.getByLabel("Password", { exact: true }).fill("wrong");
      await tab.keyboard.press("Enter");
      await tab.getByRole("alert").first().waitFor();
      await signIn(opened);
      await settle(opened);
      assert.equal(seen.wrong.filter((line) => !line.includes("401")).join(), "");
    });
    await tab.context().close();
  });

  test("signing out asks for it again", async () => {
    const opened = await openTab("desk", "light", await signedIn());
    const { tab } = opened;
    await step(opened, "sign-out", async () => {
      await tab.goto(base);
      await settle(opened);
      await tab.request.delete(`${base}/api/v1/session`, { headers: { "X-Takehold-Request": "1" } });
      await tab.goto(`${base}${WORKSPACE}/keys`);
      await tab.waitForURL("**/sign-in**");
    });
    await tab.context().close();
  });
});

describe("by keyboard", () => {
  let opened;
  let tab;

  before(async () => {
    opened = await openTab("desk", "light", await signedIn());
    tab = opened.tab;
    await tab.goto(base);
    await settle(opened);
  });
  after(() => tab.context().close());

  test("the navigation has its links", async () => {
    const links = tab.locator("nav").first().locator("a[href]");
    assert.ok((await links.count()) >= 4);
  });

  test("the skip link comes first and leads to the page", () =>
    step(opened, "skip", async () => {
      await tab.keyboard.press("Tab");
      assert.equal(await tab.evaluate(() => document.activeElement.getAttribute("href")), "#page");
      await tab.keyboard.press("Enter");
      assert.equal(await tab.evaluate(() => document.activeElement.id), "page");
    }));

  test("the palette opens, finds, goes, and gives the focus back", () =>
    step(opened, "palette", async () => {
      await tab.keyboard.press("Control+k");
      const palette = tab.getByRole("dialog");
      await palette.waitFor();
      assert.deepEqual(await violations(tab), []);
      await tab.keyboard.press("Escape");
      await palette.waitFor({ state: "detached" });
      await tab.keyboard.press("Control+k");
      await palette.waitFor();
      await tab.keyboard.type("Retention");
      await palette.getByText("Retention").first().waitFor();
      await tab.keyboard.press("Enter");
      await tab.waitForURL(`**${WORKSPACE}/retention**`);
    }));
});
