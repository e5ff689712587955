// Pushes to the fake of Apple's service with @parse/node-apn, a client that is not ours. Each line on standard input is one
// push, {"token", "key", "topic", "headers"}; each line on standard output what the client made of the answer. The
// first argument says where the service is.

const readline = require('node:readline');
const apn = require('@parse/node-apn');

const facts = JSON.parse(process.argv[2]);
const providers = new Map();

function provider(key) {
  if (!providers.has(key)) {
    providers.set(key, new apn.Provider({
      token: { key: Buffer.from(key), keyId: facts.key_id, teamId: facts.team_id },
      address: '127.0.0.1',
      port: facts.port,
      ca: [facts.ca],
      production: true,
      connectionRetryLimit: 1,
    }));
  }
  return providers.get(key);
}

async function push(order) {
  const notification = new apn.Notification({ payload: { challenge: order.id }, topic: order.topic });
  notification.alert = { title: 'A request waits for you', body: 'Open the app.' };
  notification.id = order.id;
  notification.collapseId = order.collapse ?? order.id;
  notification.expiry = Math.floor(Date.now() / 1000) + 120;
  notification.priority = order.priority ?? 10;
  notification.pushType = order.type ?? 'alert';
  if (order.text) notification.payload.text = order.text;
  const { sent, failed } = await provider(order.key).send(notification, order.token);
  const [came] = [...sent, ...failed];
  return { sent: sent.length, status: came.status, response: came.response, error: came.error?.message,
    id: came['apns-id'] };
}

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await push(JSON.parse(line))));
  }
  for (const each of providers.values()) await each.shutdown();
})();
