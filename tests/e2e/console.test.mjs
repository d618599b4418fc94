// Every page of the console in a browser, on the demo: nothing fails, nothing leaves the host, axe finds nothing serious.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { account, base, look, openTab, schemes, settle, signedIn, signIn, sizes, start, step, stop, violations, WORKSPACE } from "./console.mjs";

const CALLS = 6;

before(start);
after(stop);

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
    `${WORKSPACE}/privacy`,
    "/me",
    "/system/users",
    "/system/users/1",
    "/system/roles",
    "/system/groups",
    "/system/sign-in",
    "/system/sessions",
    "/system/audit",
    "/system/health",
    "/system/jobs",
    "/system/jobs/backup",
    "/system/backups",
    "/system/capacity",
    "/system/destinations",
    "/system/workspaces",
    `${WORKSPACE}/people?active_from=2026-01-05&active_to=2026-11-22&first=2026-01-05&first_period=month`,
    "/docs",
    "/docs/troubleshooting",
  ];
}

describe("every page", { concurrency: 2 }, () => {
  for (const size of Object.keys(sizes)) {
    for (const scheme of schemes) {
      test(`${size}, ${scheme}`, async (t) => {
        const opened = await openTab(size, scheme, await signedIn());
        const { tab } = opened;
        for (const path of await pagesOf(tab)) {
          await t.test(path, (t) => step(opened, `${path} ${size} ${scheme}`, async () => {
            const calls = await look(opened, path);
            if (calls > CALLS) t.diagnostic(`asks the API ${calls} times to paint, more than ${CALLS}`);
          }));
        }
        await tab.context().close();
      });
    }
  }
});

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
