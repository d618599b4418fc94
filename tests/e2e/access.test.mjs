// Who may enter and what they see: inviting, roles, sources, sessions, the audit log, names and pseudonyms.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { account, base, check, look, openTab, settle, signedIn, start, step, stop, violations, WORKSPACE } from "./console.mjs";

const PATIENCE = { timeout: 60_000 };
const PASSWORD = "a sentence for the tests";
const WRITES = { "X-Takehold-Request": "1" };

let opened;
let tab;

before(async () => {
  await start();
  opened = await openTab("desk", "light", await signedIn());
  tab = opened.tab;
});

after(stop);

const api = async (path, from = tab) => (await from.request.get(`${base}/api/v1${path}`)).json();

async function write(method, path, data, from = tab) {
  const answer = await from.request.fetch(`${base}/api/v1${path}`, { method, headers: WRITES, data });
  assert.ok(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`);
  return answer.status() === 204 ? null : answer.json();
}

const users = async () => (await api("/users?limit=500")).items;
const userOf = async (email) => (await users()).find((each) => each.email === email);

/** A test on the page at an address, with a picture when it fails. */
function on(path, name, act) {
  test(name, () =>
    step(opened, name, async () => {
      await look(opened, typeof path === "function" ? await path() : path);
      await act();
    }),
  );
}

/** Somebody who was invited and has accepted; without the pages, which have a test of their own. */
async function newcomer(email, role, apps = []) {
  const { url } = await write("POST", "/invitations", { email, workspace: "default", role, apps });
  const other = await openTab("desk", "light");
  const body = { code: new URL(url).hash.slice(1), name: email.split("@")[0], password: PASSWORD };
  await write("POST", "/welcome/accept", body, other.tab);
  return other;
}

async function firstOf(list, key) {
  return (await api(`/workspaces/default/${list}?limit=1`)).items[0][key];
}

describe("inviting", () => {
  let link;
  let app;

  on("/system/users", "a link is made, shown once, and stands among the open ones", async () => {
    app = await firstOf("apps", "app");
    await tab.getByRole("button", { name: "Invite someone" }).click();
    const form = tab.getByRole("dialog");
    await form.getByRole("button", { name: "Make the link" }).click();
    await form.getByText("An e-mail address is missing").waitFor();
    await form.getByLabel("E-mail").fill("mara@example.com");
    await form.getByLabel("Role", { exact: true }).selectOption("builder");
    await form.getByLabel("Apps", { exact: true }).fill(app);
    await tab.keyboard.press("Enter");
    await check(opened);
    await tab.keyboard.press("Tab");
    await form.getByRole("button", { name: "Make the link" }).click();
    link = await form.locator("code").first().textContent();
    await check(opened);
    await form.getByRole("button", { name: "I have stored it" }).click();
    await tab.getByRole("region", { name: "Open invitations" }).getByText("mara@example.com").waitFor();
  });

  test("whoever follows it chooses a password and is greeted", async () => {
    const other = await openTab("phone", "dark");
    await step(other, "welcome", async () => {
      await other.tab.goto(`${base}/welcome${new URL(link).hash}`);
      await other.tab.getByRole("heading", { name: "Welcome to Takehold" }).waitFor();
      await settle(other);
      other.seen.wrong = other.seen.wrong.filter((line) => !line.includes("401"));
      await check(other);
      assert.equal(await other.tab.getByLabel("E-mail").inputValue(), "mara@example.com");
      await other.tab.getByLabel("Your name").fill("Mara");
      await other.tab.getByLabel("Password", { exact: true }).fill("short");
      await other.tab.getByText("7 characters more").waitFor();
      await other.tab.getByLabel("Password", { exact: true }).fill(PASSWORD);
      await other.tab.getByText("Long enough").waitFor();
      await other.tab.getByRole("button", { name: "Open the console" }).click();
      await other.tab.waitForURL(`**${WORKSPACE}**`);
      await other.tab.getByText("Welcome, Mara").waitFor();
      await settle(other);
      await other.tab.goto(`${base}${WORKSPACE}/apps`);
      await settle(other);
      assert.deepEqual((await api("/workspaces/default/apps", other.tab)).items.map((each) => each.app), [app]);
      await other.tab.getByRole("rowheader").filter({ hasText: app }).waitFor();
      assert.equal(await other.tab.locator("tbody tr").count(), 1);
    });
    await other.tab.context().close();
  });

  test("it opens once", async () => {
    const other = await openTab("desk", "light");
    await step(other, "used link", async () => {
      await other.tab.goto(`${base}/welcome${new URL(link).hash}`);
      await other.tab.getByRole("heading", { name: "This link opens nothing any more" }).waitFor();
    });
    await other.tab.context().close();
  });

  on("/system/users", "an invitation can be withdrawn", async () => {
    await write("POST", "/invitations", { email: "late@example.com", workspace: "default", role: "viewer" });
    await look(opened, "/system/users");
    await tab.getByRole("button", { name: "Withdraw the invitation of late@example.com" }).click();
    await tab.getByText("late@example.com opens nothing").waitFor();
    assert.deepEqual((await api("/invitations")).items, []);
  });
});

describe("a user", () => {
  const mara = async () => `/system/users/${(await userOf("mara@example.com")).id}`;

  on("/system/users?role=builder", "is found by role, and the link leads to their page", async () => {
    await tab.getByRole("link", { name: /Mara/ }).click();
    await tab.getByRole("heading", { level: 1, name: "Mara" }).waitFor();
    await settle(opened);
    await check(opened);
  });

  on(mara, "gets another role by hand", async () => {
    await tab.getByRole("button", { name: /^Change the role in/ }).click();
    const form = tab.getByRole("dialog");
    await form.getByLabel("Role given by hand").selectOption("viewer");
    await check(opened);
    await form.getByRole("button", { name: "Save" }).click();
    await form.waitFor({ state: "detached" });
    await settle(opened);
    const { roles } = await userOf("mara@example.com");
    assert.deepEqual(roles.map(({ role, origin }) => [role, origin]), [["viewer", "manual"]]);
  });

  on(mara, "is disabled, and the undo lets them in again", async () => {
    await tab.getByRole("button", { name: "Disable" }).click();
    await tab.getByText("Disabled by hand.").waitFor();
    assert.ok((await userOf("mara@example.com")).disabled_at);
    await tab.getByRole("button", { name: "Undo" }).click();
    await tab.getByText("Mara may sign in again.").waitFor();
    assert.equal((await userOf("mara@example.com")).disabled_at, null);
  });

  on(mara, "gets a link for a new password", async () => {
    await tab.getByRole("button", { name: "New password link" }).click();
    const link = await tab.getByRole("dialog").locator("code").first().textContent();
    await check(opened);
    const other = await openTab("desk", "light");
    await other.tab.goto(`${base}/welcome${new URL(link).hash}`);
    await other.tab.getByRole("heading", { name: "Choose a new password" }).waitFor();
    await other.tab.getByLabel("Password", { exact: true }).fill(`${PASSWORD}, anew`);
    await other.tab.keyboard.press("Enter");
    await other.tab.waitForURL(`**${WORKSPACE}**`);
    await other.tab.context().close();
  });
});

describe("seeing as a builder", () => {
  test("shows their apps only, changes nothing, and is left by one click", () =>
    step(opened, "view as", async () => {
      const app = await firstOf("apps", "app");
      const other = await newcomer("leo@example.com", "builder", [app]);
      await other.tab.context().close();
      await look(opened, `/system/users/${(await userOf("leo@example.com")).id}`);
      await tab.getByRole("button", { name: "See as they do" }).click();
      await tab.waitForURL(`**${WORKSPACE}**`);
      await settle(opened);
      await check(opened);
      const strip = tab.getByRole("status").filter({ hasText: "You see the console as" });
      await strip.waitFor();
      assert.equal(await tab.getByRole("link", { name: "Users", exact: true }).count(), 0);
      await look(opened, `${WORKSPACE}/apps`);
      assert.equal(await tab.locator("tbody tr").count(), 1);
      await tab.getByRole("button", { name: "Leave this view" }).click();
      await tab.waitForURL("**/system/users/**");
      await strip.waitFor({ state: "detached" });
      await look(opened, `${WORKSPACE}/apps`);
      assert.ok((await tab.locator("tbody tr").count()) > 1);
    }));
});

describe("roles", () => {
  on("/system/roles", "the matrix says what each may do", async () => {
    const { permissions } = await api("/roles");
    for (const { name } of permissions) await tab.getByText(name, { exact: true }).waitFor();
    await tab.getByLabel("Search permissions").fill("audit");
    await tab.getByText("metrics.read", { exact: true }).waitFor({ state: "detached" });
    assert.match(tab.url(), /q=audit/);
    await check(opened);
    await tab.reload();
    await settle(opened);
    assert.equal(await tab.getByText("metrics.read", { exact: true }).count(), 0);
  });
});

describe("sign-in sources", () => {
  on("/system/sign-in", "one is connected and says what is wrong with it", async () => {
    await tab.getByRole("button", { name: "Connect by OpenID Connect" }).click();
    const form = tab.getByRole("dialog");
    await form.getByLabel("Name", { exact: true }).fill("Works id");
    await form.getByLabel("Key").fill("works");
    await form.getByLabel("Issuer").fill("https://127.0.0.1:9/nobody");
    await form.getByLabel("Client id").fill("takehold");
    await form.getByLabel("Client secret").fill("not for eyes");
    await form.getByText("/auth/oidc/callback").waitFor();
    await check(opened);
    await form.getByRole("button", { name: "Connect it" }).click();
    await tab.getByRole("heading", { level: 1, name: "Works id" }).waitFor();
    await settle(opened);
    await check(opened);
    assert.equal(await tab.getByLabel("Client secret").inputValue(), "");
    assert.ok(!JSON.stringify(await api("/sign-in-sources")).includes("not for eyes"));
    await tab.getByRole("button", { name: "Test connection" }).click();
    await tab.getByText("It fails at «Read the configuration».").waitFor(PATIENCE);
    assert.equal(await tab.getByText("not reached").count(), 2);
  });

  on("/system/sign-in/works", "a setting is changed here, and says so", async () => {
    await tab.getByLabel("E-mail domains let in").fill("example.com\nexample.org");
    await tab.getByText("1 change is not saved yet.").waitFor();
    await check(opened);
    await tab.getByRole("button", { name: "Save settings" }).click();
    await tab.getByText("The settings are saved.").waitFor();
    const works = (await api("/sign-in-sources")).items.find(({ key }) => key === "works");
    const { value, origin } = works.settings.find(({ key }) => key === "allowed_domains");
    assert.deepEqual([value, origin], ["example.com, example.org", "console"]);
  });

  on("/system/groups", "a group gives a role, until the mapping is removed", async () => {
    await tab.getByRole("button", { name: "Add a mapping" }).first().click();
    const form = tab.getByRole("dialog");
    await form.getByLabel("Group", { exact: true }).fill("cn=staff,dc=example");
    await form.getByRole("button", { name: "Add it" }).click();
    const row = tab.getByRole("row").filter({ hasText: "cn=staff" });
    await row.getByText(/viewer in/).waitFor();
    await check(opened);
    await look(opened, "/system/sign-in/works");
    await tab.getByLabel("Groups", { exact: true }).fill("cn=staff,dc=example");
    await tab.getByRole("button", { name: "Show the roles" }).click();
    await tab.getByText("because of cn=staff,dc=example").waitFor();
    await look(opened, "/system/groups");
    await row.getByRole("button", { name: /^Remove/ }).click();
    await row.waitFor({ state: "detached" });
    await tab.getByRole("button", { name: "Undo" }).click();
    await row.waitFor();
  });

  on("/system/sign-in/works", "one is removed by its name", async () => {
    await tab.getByRole("button", { name: "Remove" }).click();
    const form = tab.getByRole("dialog");
    await form.getByRole("textbox").fill("works id");
    await form.getByRole("button", { name: "Remove it" }).click();
    await form.getByText("That is not the name.").waitFor();
    await form.getByRole("textbox").fill("Works id");
    await form.getByRole("button", { name: "Remove it" }).click();
    await tab.waitForURL("**/system/sign-in");
    assert.deepEqual((await api("/sign-in-sources")).items.filter(({ key }) => key === "works"), []);
  });
});

/** What an app shows for a key at a moment. */
function codeOf(secret, at = Date.now()) {
  const bits = [...secret].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"));
  const key = Buffer.from(bits.join("").match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const sum = createHmac("sha1", key).update(counter).digest();
  const from = sum[19] & 15;
  return String((sum.readUInt32BE(from) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

describe("my account", () => {
  let other;
  let codes;

  before(async () => {
    other = await newcomer("nina@example.com", "viewer");
  });
  after(() => other.tab.context().close());

  test("the name is mine to change", () =>
    step(other, "name", async () => {
      await look(other, "/me");
      await other.tab.getByLabel("Name", { exact: true }).fill("Nina Roth");
      await other.tab.getByRole("button", { name: "Save the name" }).click();
      await other.tab.getByText("Your name is saved.").waitFor();
      await other.tab.getByRole("button", { name: /menu of Nina Roth/ }).waitFor();
    }));

  test("a wrong password changes none", () =>
    step(other, "password", async () => {
      await look(other, "/me");
      await other.tab.getByLabel("Current password").fill("wrong");
      await other.tab.getByLabel("New password").fill(`${PASSWORD}, longer`);
      await other.tab.getByRole("button", { name: "Change the password" }).click();
      await other.tab.getByText("That is not your current password.").waitFor();
    }));

  test("a second step is set up with the code of an app", () =>
    step(other, "second step", async () => {
      await look(other, "/me");
      await other.tab.getByRole("button", { name: "Set it up" }).click();
      const form = other.tab.getByRole("dialog");
      await form.getByRole("img", { name: "QR code for the app" }).waitFor();
      await check(other);
      const secret = (await form.locator("code").textContent()).replaceAll(/\s/g, "");
      await form.getByLabel("Code the app shows now").fill(codeOf(secret));
      await form.getByRole("button", { name: "Confirm" }).click();
      await form.getByRole("heading", { name: "The second step is on" }).waitFor();
      codes = await form.locator("li code").allTextContents();
      assert.equal(codes.length, 10);
      await check(other);
      await form.getByRole("button", { name: "I have stored it" }).click();
      assert.equal((await api("/me", other.tab)).totp, true);
    }));

  test("signing in asks for the code, and a recovery code works once", () =>
    step(other, "signing in with a code", async () => {
      for (const fits of [true, false]) {
        const again = await openTab("desk", "light");
        await again.tab.goto(`${base}/sign-in`);
        await again.tab.getByLabel("E-mail").fill("nina@example.com");
        await again.tab.getByLabel("Password", { exact: true }).fill(PASSWORD);
        await again.tab.keyboard.press("Enter");
        await again.tab.getByLabel("Code from your app").fill(codes[0]);
        await again.tab.keyboard.press("Enter");
        if (fits) await again.tab.waitForURL(`**${WORKSPACE}**`);
        else await again.tab.getByText("This code does not fit").waitFor();
        await again.tab.context().close();
      }
    }));

  test("another session is ended from here", () =>
    step(other, "sessions", async () => {
      await look(other, "/me");
      const rows = other.tab.getByRole("region", { name: "Your sessions" }).locator("tbody tr");
      const count = await rows.count();
      assert.ok(count > 1);
      await other.tab.getByRole("button", { name: /^End the session/ }).first().click();
      await other.tab.getByText("That session is over.").waitFor();
      await rows.nth(count - 1).waitFor({ state: "detached" });
    }));

  test("an admin ends it from the list of all, and the page asks to sign in", () =>
    step(opened, "ended by an admin", async () => {
      await look(other, "/me");
      await look(opened, "/system/sessions?q=nina");
      await tab.getByRole("button", { name: "End the session of Nina Roth" }).first().click();
      await tab.getByText("That session is over.").waitFor();
      await other.tab.goto(`${base}${WORKSPACE}`);
      await other.tab.waitForURL("**/sign-in**");
    }));

  test("a page of the administration says which right it needs", async () => {
    const viewer = await newcomer("sofia@example.com", "viewer");
    await step(viewer, "no right", async () => {
      await look(viewer, WORKSPACE);
      for (const name of ["Users", "Audit log", "Privacy"]) {
        assert.equal(await viewer.tab.getByRole("link", { name, exact: true }).count(), 0);
      }
      // The refusal is an error on its way to the page that words it, so the console names it too.
      await viewer.tab.goto(`${base}/system/users`);
      await viewer.tab.getByRole("heading", { name: /users\.read/ }).waitFor();
      await settle(viewer);
      assert.deepEqual(await violations(viewer.tab), []);
    });
    await viewer.tab.context().close();
  });
});

describe("the audit log", () => {
  on("/system/audit", "tells what was done, by the words and by the difference", async () => {
    await tab.getByText("gave a role").first().waitFor();
    await tab.getByText("connected a sign-in source").first().waitFor();
    await check(opened);
    await tab.getByRole("button", { name: "Add filter" }).click();
    await tab.getByRole("menuitem", { name: "Roles", exact: true }).click();
    await tab.waitForURL(/action=role/);
    await settle(opened);
    await tab.getByText("connected a sign-in source").waitFor({ state: "detached" });
    const { items } = await api("/audit?action=role.");
    assert.equal(await tab.locator("tbody tr").count(), Math.min(50, items.length));
    await tab.getByText("More", { exact: true }).first().click();
    await check(opened);
  });

  on(`/system/audit?actor=nobody-of-this-name`, "says what to do when nothing fits", async () => {
    await tab.getByRole("heading", { name: "No entry fits" }).waitFor();
    await tab.getByRole("button", { name: "Show all entries" }).click();
    await tab.locator("tbody tr").first().waitFor();
  });

  on("/system/audit", "goes out as a file", async () => {
    const [file] = await Promise.all([
      tab.waitForEvent("download"),
      tab.getByRole("button", { name: "CSV" }).click(),
    ]);
    assert.equal(file.suggestedFilename(), "audit.csv");
  });
});

describe("names of the observed people", () => {
  let viewer;
  let person;

  before(async () => {
    viewer = await newcomer("peter@example.com", "viewer");
    person = (await api("/workspaces/default/people?limit=1", viewer.tab)).items[0].external_id;
  });
  after(() => viewer.tab.context().close());

  test("a viewer sees pseudonyms, and asks for a name with a purpose", () =>
    step(viewer, "asking for a name", async () => {
      assert.match(person, /^p-[a-z2-7]{10}$/);
      await look(viewer, `${WORKSPACE}/people`);
      await viewer.tab.getByText(person).first().waitFor();
      await look(viewer, `${WORKSPACE}/people/${person}`);
      await viewer.tab.getByRole("button", { name: "Ask to see the name" }).click();
      const form = viewer.tab.getByRole("dialog");
      await form.getByRole("button", { name: "Ask", exact: true }).click();
      await form.getByText("Say it in ten letters or more").waitFor();
      await form.getByLabel("Purpose").fill("to help with ticket 4711");
      await check(viewer);
      await form.getByRole("button", { name: "Ask", exact: true }).click();
      await viewer.tab.getByText("Asked for. Someone else decides.").waitFor();
    }));

  test("someone else allows it, and the name shows", () =>
    step(opened, "allowing it", async () => {
      await look(opened, `${WORKSPACE}/privacy`);
      const row = tab.getByRole("row").filter({ hasText: "ticket 4711" });
      await row.getByRole("button", { name: /^Show it to them/ }).click();
      await row.getByText(/\bshown\b/).waitFor();
      await check(opened);
      await look(viewer, `${WORKSPACE}/people/${person}`);
      await viewer.tab.getByRole("heading", { level: 1, name: person }).waitFor({ state: "detached" });
    }));

  on(`${WORKSPACE}/privacy`, "a copy of everything about a person is made and can be fetched", async () => {
    const id = await firstOf("people", "external_id");
    await tab.getByRole("button", { name: "New request" }).first().click();
    const form = tab.getByRole("dialog");
    await form.getByLabel("Person").fill(id);
    await form.getByLabel("Reason").fill("asked by mail");
    await check(opened);
    await form.getByRole("button", { name: "Begin" }).click();
    await tab.getByRole("link", { name: /^Download the export/ }).waitFor(PATIENCE);
    await check(opened);
  });

  on(`${WORKSPACE}/privacy`, "erasing asks for the id by hand", async () => {
    const { items } = await api("/workspaces/default/people?limit=5&sort=last_seen");
    const id = items.at(-1).external_id;
    await look(opened, `${WORKSPACE}/people/${encodeURIComponent(id)}`);
    await tab.getByRole("link", { name: "Erase…" }).click();
    const form = tab.getByRole("dialog");
    assert.equal(await form.getByLabel("Person").inputValue(), id);
    await form.getByLabel("Reason").fill("left the company");
    await form.getByRole("button", { name: "Begin" }).click();
    await tab.getByLabel(`Type ${id} to go on`).fill(id);
    await check(opened);
    await tab.getByRole("button", { name: "Erase for good" }).click();
    await tab.getByRole("row").filter({ hasText: "left the company" }).getByText(/\bdone\b/).waitFor(PATIENCE);
    const gone = await tab.request.get(`${base}/api/v1/workspaces/default/people/${encodeURIComponent(id)}`);
    assert.equal(gone.status(), 404);
  });
});

describe("signing out", () => {
  test("leads to the sign-in page and stays there", async () => {
    const other = await openTab("desk", "light", await signedIn(account));
    await step(other, "signing out", async () => {
      await look(other, WORKSPACE);
      await other.tab.getByRole("button", { name: /menu of/ }).click();
      await other.tab.getByRole("menuitem", { name: "Sign out" }).click();
      await other.tab.waitForURL("**/sign-in**");
      await other.tab.getByRole("button", { name: "Sign in" }).waitFor();
    });
    await other.tab.context().close();
  });
});
