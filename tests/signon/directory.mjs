// One visit to the console by somebody of a directory, in a browser that remembers the visits before.
//
// node directory.mjs APPLIANCE MEMORY VISIT…: `in USER PASSWORD` signs in by the form, `look` opens the console, `out`
// leaves by the menu. Prints as JSON where the visit ended, what the navigation offers and what was refused.

import { existsSync } from "node:fs";

import { launch } from "../browser.mjs";

const [appliance, memory, visit, user, password] = process.argv.slice(2);
const browser = await launch();
try {
  const context = await browser.newContext(existsSync(memory) ? { storageState: memory } : {});
  const tab = await context.newPage();
  const refused = tab.getByRole("alert");
  const navigation = tab.getByRole("navigation").first();
  if (visit === "in") {
    await tab.goto(`${appliance}/sign-in`);
    // Where passwords are kept here too, a choice stands above the form.
    await tab.getByLabel("User name").fill(user);
    await tab.getByLabel("Password", { exact: true }).fill(password);
    await tab.getByRole("button", { name: /^Sign in with / }).click();
    await Promise.race([navigation.waitFor(), refused.waitFor()]);
  } else {
    await tab.goto(`${appliance}/`);
    await Promise.race([navigation.waitFor(), tab.waitForURL(/\/sign-in/)]);
  }
  if (visit === "out") {
    await tab.getByRole("button", { name: /menu of/ }).click();
    await tab.getByRole("menuitem", { name: "Sign out" }).click();
    await tab.waitForURL(/\/sign-in/);
  }
  const texts = async (found) => (await found.allInnerTexts()).map((text) => text.trim());
  const seen = {
    at: new URL(tab.url()).pathname,
    links: await texts(tab.getByRole("navigation").getByRole("link")),
    refused: await texts(refused),
  };
  await context.storageState({ path: memory });
  console.log(JSON.stringify(seen));
} finally {
  await browser.close();
}
