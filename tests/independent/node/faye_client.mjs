// Faye's own client, as Acceptto's samples use it in their pages: it listens to one channel, and what it hears is told line by
// line in JSON.
import faye from "faye";

const [, , server, channel] = process.argv;
const say = (event) => process.stdout.write(JSON.stringify(event) + "\n");

const client = new faye.Client(`${server}/faye`);
client.subscribe(`/messages/${channel}`, (message) => {
  say({ event: "message", message });
  client.disconnect().then(() => say({ event: "disconnected" }));
}).then(
  () => say({ event: "subscribed" }),
  (error) => {
    say({ event: "refused", code: error.code });
    process.exit(0);
  },
);
