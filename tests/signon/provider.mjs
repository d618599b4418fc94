// A real provider of OpenID Connect, certified, with people that the tests make and change while it runs.
//
// node provider.mjs '{"port":…,"clients":[…],"accounts":{"ada":{"email":…,"groups":[…]}},"claims_in":"id_token"|"userinfo"}'
//
// `PUT /accounts/NAME` changes a person, `DELETE /accounts/NAME` removes them. The log-in is a form with one field.

import Provider from "oidc-provider";

const settings = JSON.parse(process.argv[2]);
const issuer = settings.issuer ?? `http://127.0.0.1:${settings.port}`;
const accounts = new Map(Object.entries(settings.accounts ?? {}));

const provider = new Provider(issuer, {
  clients: settings.clients,
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"], groups: ["groups", "department"] },
  scopes: ["openid", "offline_access", "email", "profile", "groups"],
  conformIdTokenClaims: settings.claims_in === "userinfo",
  // It calls no loopback address by itself; here everything is one.
  fetch: (url, { dispatcher, ...options }) => globalThis.fetch(url, options),
  cookies: { keys: ["a key for tests"] },
  features: {
    devInteractions: { enabled: false },
    rpInitiatedLogout: {
      enabled: true,
      // Nobody is there to press a button.
      logoutSource: (ctx, form) => {
        ctx.body = `<!doctype html>${form}<script nonce="x"></script><button form="op.logoutForm" name="logout" value="yes">Log out</button>`;
      },
    },
    backchannelLogout: { enabled: true },
  },
  pkce: { required: () => true },
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_ctx, id) => {
    const account = accounts.get(id);
    if (!account) return undefined;
    return {
      accountId: id,
      claims: () => ({ sub: account.sub ?? `sub-${id}`, email: `${id}@example.com`, email_verified: true, name: id, ...account }),
    };
  },
  // What somebody who signs in would have to agree to is agreed to.
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({
      clientId: ctx.oidc.client.clientId,
      accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope("openid offline_access email profile groups");
    await grant.save();
    return grant;
  },
  ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Interaction: 600, Session: 3600, Grant: 3600, RefreshToken: 3600 },
});

const body = async (req) => {
  let text = "";
  for await (const chunk of req) text += chunk;
  return text;
};

provider.use(async (ctx, next) => {
  const [, kind, name] = ctx.path.split("/");
  if (kind === "accounts" && ctx.method === "PUT") {
    accounts.set(name, JSON.parse(await body(ctx.req)));
    ctx.status = 204;
    return;
  }
  if (kind === "accounts" && ctx.method === "DELETE") {
    accounts.delete(name);
    ctx.status = 204;
    return;
  }
  if (kind === "interaction" && ctx.method === "GET") {
    const { prompt, params } = await provider.interactionDetails(ctx.req, ctx.res);
    ctx.type = "html";
    ctx.body = `<!doctype html><title>Provider</title><h1>${prompt.name}</h1>
      <form method="post"><label>Name <input name="login" value="${params.login_hint ?? ""}" autofocus></label><button>Go on</button></form>
      <form method="post"><input type="hidden" name="refuse" value="1"><button>Refuse</button></form>`;
    return;
  }
  if (kind === "interaction" && ctx.method === "POST") {
    const given = new URLSearchParams(await body(ctx.req));
    const result = given.get("refuse")
      ? { error: "access_denied", error_description: "They said no." }
      : { login: { accountId: given.get("login") } };
    ctx.respond = false;
    await provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: false });
    return;
  }
  await next();
});

for (const event of ["server_error", "backchannel.error", "grant.error", "authorization.error"]) {
  provider.on(event, (_ctx, error) => console.error(event, error?.error_description ?? error?.message ?? error));
}
provider.on("backchannel.success", (_ctx, client) => console.error("backchannel.success", client.clientId));
provider.listen(settings.port, "127.0.0.1", () => console.log("ready"));
