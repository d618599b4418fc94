// A whole sign-in by the provider in a browser, and out again on both sides; then one who is refused.
//
// node browser.mjs APPLIANCE PROVIDER [NAME]; prints what it saw as JSON. With a name only that person signs in.

import { launch } from "../browser.mjs";

const [appliance, provider, only] = process.argv.slice(2);
const seen = {};
const browser = await launch();
try {
  const tab = await (await browser.newContext()).newPage();
  const me = () =>
    tab.evaluate(async () => {
      const answer = await fetch("/api/v1/me");
      return answer.ok ? await answer.json() : answer.status;
    });
  const through = async (name) => {
    await tab.goto(`${appliance}/auth/oidc/login?to=/docs`);
    await tab.waitForURL((url) => url.href.startsWith(provider));
    await tab.getByLabel("Name").fill(name);
    await tab.getByRole("button", { name: "Go on" }).click();
    await tab.waitForURL((url) => url.href.startsWith(appliance));
  };
  if (only) {
    await through(only);
    seen.at = new URL(tab.url()).pathname + new URL(tab.url()).search;
    seen.roles = (await me()).roles?.map(({ role }) => role);
  } else {
    await through("ada");
    seen.landed = new URL(tab.url()).pathname;
    seen.me = await me();
    const cookie = (await tab.context().cookies(appliance)).find(({ name }) => name.endsWith("takehold"));
    seen.cookie = { httpOnly: cookie.httpOnly, sameSite: cookie.sameSite };
    const { logout_url } = await tab.evaluate(async () => {
      const answer = await fetch("/api/v1/session", { method: "DELETE", headers: { "X-Takehold-Request": "1" } });
      return answer.json();
    });
    await tab.goto(logout_url);
    await tab.getByRole("button", { name: "Log out" }).click();
    await tab.waitForURL((url) => url.href.startsWith(appliance));
    seen.back = new URL(tab.url()).pathname;
    seen.gone = await me();
    // The provider has forgotten them too: it asks again.
    await through("eve");
    seen.refused = new URL(tab.url()).pathname + new URL(tab.url()).search;
    seen.outside = await me();
  }
} finally {
  await browser.close();
}
console.log(JSON.stringify(seen));
