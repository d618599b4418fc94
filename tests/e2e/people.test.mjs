// Behind every figure lie as many people as it says.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { base, check, look, openTab, settle, signedIn, start, step, stop, WORKSPACE } from "./console.mjs";

let opened;
let tab;

before(async () => {
  await start();
  opened = await openTab("desk", "light", await signedIn());
  tab = opened.tab;
});

after(stop);

const number = (text) => Number(text.replaceAll(/\D/g, ""));

/** Follows a link, and finds as many people as it says. */
async function opens(link, said, chips) {
  assert.ok(said > 0, "nobody to look for");
  await link.click();
  await tab.waitForURL(`**${WORKSPACE}/people?**`);
  await settle(opened);
  const query = new URL(tab.url()).searchParams;
  query.delete("range");
  const answer = await tab.request.get(`${base}/api/v1/workspaces/default/people?${query}&limit=1`);
  assert.equal((await answer.json()).total, said);
  await tab.getByText(new RegExp(`^${String(said).replace(/\B(?=(\d{3})+$)/, ",?")} (person fits|people fit) `)).waitFor();
  const filters = tab.getByRole("group", { name: "Filters" });
  for (const chip of chips) await filters.getByText(chip).waitFor();
  await check(opened);
  await filters.getByRole("button", { name: "Clear" }).click();
  await filters.getByRole("button", { name: /^Remove/ }).waitFor({ state: "detached" });
  for (const key of ["active_from", "active_to", "first", "first_period", "app", "account"]) {
    assert.equal(new URL(tab.url()).searchParams.get(key), null, key);
  }
}

function from(path, name, act) {
  test(name, () =>
    step(opened, name, async () => {
      await look(opened, path);
      await act();
    }),
  );
}

async function firstOf(list, key) {
  const answer = await tab.request.get(`${base}/api/v1/workspaces/default/${list}?limit=1`);
  return (await answer.json()).items[0][key];
}

describe("the people behind", () => {
  for (const measure of ["day", "week", "month"]) {
    from(`${WORKSPACE}?measure=${measure}`, `a day of the active people by ${measure}`, async () => {
      await tab.getByRole("button", { name: "Table of Active people" }).click();
      const link = tab.getByRole("region", { name: "Table of Active people" }).locator("tbody tr td:nth-child(2) a").nth(-2);
      await opens(link, number(await link.textContent()), [/^active /]);
    });
  }

  from(WORKSPACE, "a point of the plot", async () => {
    const plot = tab.locator("svg[data-chart]").first();
    await plot.click();
    await tab.waitForURL(`**${WORKSPACE}/people?**`);
    await tab.getByText(/^active /).waitFor();
  });

  test("a day of an app", () =>
    step(opened, "app", async () => {
      const app = await firstOf("apps", "app");
      await look(opened, `${WORKSPACE}/apps/${encodeURIComponent(app)}/overview`);
      await tab.getByRole("button", { name: "Table of Active people" }).click();
      const link = tab.locator("tbody tr td:nth-child(2) a[href*='/people']").nth(-2);
      await opens(link, number(await link.textContent()), [/^active /, app]);
    }));

  test("a day of an account", () =>
    step(opened, "account", async () => {
      const account = await firstOf("accounts", "external_id");
      await look(opened, `${WORKSPACE}/accounts/${encodeURIComponent(account)}`);
      await tab.getByRole("button", { name: /^Table of/ }).first().click();
      const link = tab.locator("tbody tr td:nth-child(2) a[href*='active_from']").nth(-2);
      await opens(link, number(await link.textContent()), [/^active /]);
    }));

  for (const [period, range] of [["day", "28d"], ["week", "90d"], ["month", "12m"]]) {
    from(`${WORKSPACE}/retention?range=${range}&period=${period}`, `a cohort by ${period}, and those who came back`, async () => {
      const here = tab.url();
      const size = tab.locator("[role=grid] td a[data-place$=' -1']").nth(-3);
      await opens(size, number(await size.textContent()), [/^first active /]);
      await tab.goto(here);
      await settle(opened);
      const back = tab.locator("[role=grid] td a[data-place$=' 2']").nth(-3);
      const [, retained] = /, ([\d,.]+) of /.exec(await back.getAttribute("aria-label"));
      await opens(back, number(retained), [/^first active /, /^active /]);
    });

    from(`${WORKSPACE}/lifecycle/period-lifecycle/time?range=${range}&period=${period}`, `a ${period} of the lifecycle`, async () => {
      const here = tab.url();
      const rows = tab.locator("tbody tr").filter({ has: tab.locator("td:nth-child(3) a") });
      for (const [column, chip] of [[2, /^active /], [3, /^first active /]]) {
        const link = rows.nth(1).locator(`td:nth-child(${column}) a`);
        await opens(link, number(await link.textContent()), [chip]);
        await tab.goto(here);
        await settle(opened);
      }
    });
  }

  test("cells of a cohort are walked with the arrows and opened with Enter", () =>
    step(opened, "grid", async () => {
      await look(opened, `${WORKSPACE}/retention`);
      const grid = tab.getByRole("grid");
      await grid.locator("[data-place='0 0']").focus();
      await tab.keyboard.press("ArrowDown");
      await tab.keyboard.press("ArrowLeft");
      assert.equal(await tab.evaluate(() => document.activeElement.dataset.place), "1 -1");
      await tab.keyboard.press("Enter");
      await tab.waitForURL("**/people?**first=**");
    }));

  for (const path of ["/retention?variant=unbounded", "/retention?variant=bracket", "/retention?role=builder"]) {
    from(WORKSPACE + path, `no list stands behind ${path}`, async () => {
      assert.equal(await tab.locator("[role=grid] a").count(), 0);
    });
  }
});
