// Sends to our fake push service with web-push, a client that is not ours. Each line on standard input is one message,
// {"text", "ttl", "topic"}; each line on standard output what the client made of the answer. The first argument says
// where the subscription is.

const readline = require('node:readline');
const webPush = require('web-push');

const facts = JSON.parse(process.argv[2]);
const keys = webPush.generateVAPIDKeys();
const strangers = webPush.generateVAPIDKeys();

async function send(order) {
  // Signed by one key while another is shown, where the order says so.
  const privateKey = order.forged ? strangers.privateKey : keys.privateKey;
  const vapidDetails = { subject: 'mailto:ops@example.org', publicKey: keys.publicKey, privateKey };
  const options = { vapidDetails, TTL: order.ttl, urgency: 'high', topic: order.topic, contentEncoding: 'aes128gcm' };
  try {
    const { statusCode } = await webPush.sendNotification(facts.subscription, order.text, options);
    return { status: statusCode, sender: keys.publicKey };
  } catch (error) {
    return { status: error.statusCode ?? null, error: error.name };
  }
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await send(JSON.parse(line))));
  }
}

main();
