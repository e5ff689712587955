// The package auth0, major version 4: its password grant, and what an application does after AuthApiError said that a
// second factor is wanted. The package has no methods for that, so the requests go through its own `request`, and the
// id token through its own validator, which fetches the published keys.
import readline from "node:readline";
import { AuthenticationClient } from "auth0";

const [domain, clientId, clientSecret] = process.argv.slice(2);
const { oauth } = new AuthenticationClient({ domain, clientId, clientSecret });
const MFA = "http://auth0.com/oauth/grant-type/mfa-";

const own = { client_id: clientId, client_secret: clientSecret };
const json = (token) => ({ "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) });
const read = async (response) => (response.status === 204 ? null : response.json());
const checked = async (tokens) => {
  if (tokens.id_token) await oauth.idTokenValidator.validate(tokens.id_token);
  return tokens;
};

const methods = {
  login: async (options) => (await oauth.passwordGrant(options)).data,
  refresh: async (options) => (await oauth.refreshTokenGrant(options)).data,
  authenticators: async ({ token }) => read(await oauth.request({ path: "/mfa/authenticators", method: "GET", headers: json(token) })),
  enroll: async ({ token, ...body }) =>
    read(await oauth.request({ path: "/mfa/associate", method: "POST", headers: json(token), body })),
  challenge: async (body) =>
    read(await oauth.request({ path: "/mfa/challenge", method: "POST", headers: json(), body: { ...own, ...body } })),
  verify: async ({ grant, ...fields }) =>
    checked(await read(await oauth.request({
      path: "/oauth/token", method: "POST", headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ ...own, ...fields, grant_type: MFA + grant }),
    }))),
  remove: async ({ token, id }) =>
    read(await oauth.request({ path: `/mfa/authenticators/${encodeURIComponent(id)}`, method: "DELETE", headers: json(token) })),
};

const failure = ({ name, message, error, error_description, statusCode, body, headers }) => ({
  name, message, error, error_description, status: statusCode, retry_after: headers?.get("retry-after"),
  ...(body?.startsWith("{") && { mfa_token: JSON.parse(body).mfa_token }),
});

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { method, options } = JSON.parse(line);
  const answer = await methods[method](options).then((value) => ({ value }), (error) => ({ error: failure(error) }));
  process.stdout.write(JSON.stringify(answer) + "\n");
}
