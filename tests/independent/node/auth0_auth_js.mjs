// @auth0/auth0-auth-js as an application would use it. Each line on the input names one of its methods; what it returned,
// or what it threw, is a line on the output.
import readline from "node:readline";
import { AuthClient } from "@auth0/auth0-auth-js";

const [domain, clientId, clientSecret] = process.argv.slice(2);
const client = new AuthClient({ domain, clientId, clientSecret });

const methods = {
  login: (options) => client.getTokenByPassword(options),
  refresh: (options) => client.getTokenByRefreshToken(options),
  authenticators: (options) => client.mfa.listAuthenticators(options),
  enroll: (options) => client.mfa.enrollAuthenticator(options),
  challenge: (options) => client.mfa.challengeAuthenticator(options),
  verify: (options) => client.mfa.verify(options),
  remove: (options) => client.mfa.deleteAuthenticator(options),
};

const failure = ({ name, message, code, cause, statusCode, headers }) => ({
  name, message, code, ...cause, status: statusCode, retry_after: headers?.get("retry-after"),
});

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { method, options } = JSON.parse(line);
  const answer = await methods[method](options).then((value) => ({ value: value ?? null }), (error) => ({ error: failure(error) }));
  process.stdout.write(JSON.stringify(answer) + "\n");
}
