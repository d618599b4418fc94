// The pages about the installation do what they say, and show nothing to those who may not see it.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, describe, test } from "node:test";
import { base, check, look, openTab, settle, signedIn, start, step, stop } from "./console.mjs";

const PATIENCE = { timeout: 60_000 };

let owner;
let opened;
let tab;
let folder;

before(async () => {
  await start();
  owner = await signedIn();
  opened = await openTab("desk", "light", owner);
  tab = opened.tab;
  folder = (await api("/system/capacity")).disk.path;
});

after(stop);

const api = async (path) => (await tab.request.get(`${base}/api/v1${path}`)).json();

/** A test on the page at an address, with a picture when it fails. */
function on(path, name, act) {
  test(name, () =>
    step(opened, name, async () => {
      await look(opened, path);
      await act();
    }),
  );
}

describe("the installation", () => {
  on("/system", "/system leads to the health of it", async () => {
    assert.equal(new URL(tab.url()).pathname, "/system/health");
    await tab.getByRole("heading", { level: 1, name: "Health" }).waitFor();
    const { checks } = await api("/system/health");
    assert.equal(await tab.locator("tbody tr").count(), checks.length);
  });

  on("/system/jobs", "each job has its row, and one can be run", async () => {
    const { items } = await api("/system/jobs");
    assert.equal(await tab.locator("tbody tr").count(), items.length);
    for (const { title } of items) await tab.getByRole("button", { name: `Run now: ${title}`, exact: true }).waitFor();
    const row = tab.getByRole("row").filter({ hasText: "Write-ahead log" });
    await row.getByText("not yet").waitFor();
    await row.getByRole("button").click();
    await row.getByText("done").waitFor(PATIENCE);
    await tab.getByRole("alert").filter({ hasText: "Write-ahead log is done" }).waitFor(PATIENCE);
    await check(opened);
  });

  on("/system/jobs", "a job of each workspace asks for which", async () => {
    await tab.getByRole("button", { name: "Run now: Retention periods" }).click();
    const form = tab.getByRole("dialog");
    await form.getByLabel("Workspace").selectOption("default");
    await check(opened);
    await form.getByRole("button", { name: "Run", exact: true }).click();
    await form.waitFor({ state: "detached" });
    await tab.getByRole("row").filter({ hasText: "Retention periods" }).getByText("done").waitFor(PATIENCE);
  });

  on("/system/backups", "a backup that is asked for appears, whole and read back", async () => {
    assert.deepEqual((await api("/system/backups")).items, []);
    await tab.getByRole("button", { name: "Back up now" }).click();
    await tab.getByRole("cell", { name: "read back" }).waitFor(PATIENCE);
    const { folder, items } = await api("/system/backups");
    assert.equal(items.length, 1);
    await tab.getByText(items[0].name, { exact: true }).first().waitFor();
    await tab.getByText("The newest backup is whole").waitFor();
    await tab.getByText(`takehold restore ${folder}/${items[0].name} --check`).waitFor();
    await settle(opened);
    await check(opened);
    assert.match(takehold("restore", `${folder}/${items[0].name}`, "--check"), /can be restored/);
  });

  on("/system/jobs/backup", "the page of a job lists its runs", async () => {
    await tab.getByRole("heading", { level: 1, name: "Backup" }).waitFor();
    const { items } = await api("/system/jobs/backup/runs");
    assert.equal(await tab.locator("tbody tr").count(), items.length);
    await tab.getByText(items[0].message).first().waitFor();
  });

  test("a job that there is not is told", () =>
    step(opened, "no-job", async () => {
      await tab.goto(`${base}/system/jobs/nope`);
      await tab.getByText("There is no job «nope»").waitFor();
      await tab.getByRole("link", { name: "All jobs" }).click();
      await tab.getByRole("heading", { level: 1, name: "Jobs" }).waitFor();
    }));

  on("/system/capacity", "the size of the database is told", async () => {
    await tab.getByRole("heading", { level: 1, name: "Capacity" }).waitFor();
    await tab.getByText("SQLite").first().waitFor();
    await tab.getByRole("heading", { name: "What the database holds" }).waitFor();
  });

  on("/system/destinations", "nothing was contacted", async () => {
    assert.deepEqual((await api("/system/destinations")).items, []);
    await tab.getByText("Nothing was contacted").waitFor();
  });

  on("/system/workspaces", "a workspace is created, then changed", async () => {
    await tab.getByRole("button", { name: "Create workspace" }).click();
    const form = tab.getByRole("dialog");
    await form.getByLabel("Name", { exact: true }).fill("Field service");
    await check(opened);
    await form.getByLabel("Time zone").fill("Europe/Berlin");
    await tab.getByRole("option", { name: "Europe/Berlin" }).click();
    await form.getByLabel("It looks at").selectOption("vendor");
    await form.getByRole("button", { name: "Create" }).click();
    await form.waitFor({ state: "detached" });
    const row = tab.getByRole("row").filter({ hasText: "field-service" });
    await row.getByText("Europe/Berlin").waitFor();
    await tab.getByRole("button", { name: "Change Field service" }).click();
    await form.getByLabel("Name", { exact: true }).fill("Field crews");
    await form.getByLabel("Keep events for").fill("400");
    await form.getByRole("button", { name: "Save" }).click();
    await form.waitFor({ state: "detached" });
    await row.getByText("Field crews").waitFor();
    const changed = await api("/workspaces/field-service");
    assert.deepEqual(
      [changed.name, changed.kind, changed.time_zone, changed.retention_days_events],
      ["Field crews", "vendor", "Europe/Berlin", 400],
    );
    await settle(opened);
    await check(opened);
  });
});

test("a viewer sees nothing of the installation", async () => {
  const email = "viewer@takehold.example";
  const password = "a long password of a viewer";
  takehold("admin", "create-user", "--email", email, "--role", "viewer", { input: password });
  const viewer = await openTab("desk", "light", await signedIn([email, password]));
  await step(viewer, "viewer", async () => {
    await look(viewer, "/w/default");
    const nav = viewer.tab.getByRole("navigation").first();
    await nav.getByRole("link", { name: "People" }).waitFor();
    assert.equal(await nav.getByText("System", { exact: true }).count(), 0);
    for (const page of ["health", "jobs", "backups", "capacity", "destinations", "workspaces"]) {
      await viewer.tab.goto(`${base}/system/${page}`);
      await viewer.tab.getByText("This page needs system.read").waitFor();
      assert.equal(await viewer.tab.locator("tbody tr").count(), 0);
    }
    viewer.seen.wrong = viewer.seen.wrong.filter((line) => !line.includes("Forbidden: system.read"));
    await check(viewer);
  });
  await viewer.tab.context().close();
});

/** The command line, on the data of the demo. */
function takehold(...words) {
  const options = typeof words.at(-1) === "object" ? words.pop() : {};
  return execFileSync(process.env.TAKEHOLD_BIN, words, {
    ...options,
    env: { ...process.env, TAKEHOLD_DATA_DIR: folder },
    encoding: "utf8",
  });
}
