// A message centre by the npm package smpp, which shares no code with us. Each message's number says what becomes of it;
// what happens is told line by line in JSON.
const smpp = require("smpp");

const say = (event) => process.stdout.write(JSON.stringify(event) + "\n");
const THROTTLED = "12025550158", GONE = "12025550199", NOBODY = "12025550111";
let named = 0;

const server = smpp.createServer((session) => {
  session.on("error", () => {});
  session.on("bind_transceiver", (pdu) => {
    const right = pdu.system_id === "countersign" && pdu.password === "secret08";
    say({ event: "bind", system_id: pdu.system_id, version: pdu.interface_version, right });
    session.send(pdu.response({ command_status: right ? smpp.ESME_ROK : smpp.ESME_RINVPASWD, system_id: "peer" }));
  });
  session.on("submit_sm", (pdu) => {
    const { udh, message } = pdu.short_message;
    say({
      event: "message", to: pdu.destination_addr, from: pdu.source_addr, data_coding: pdu.data_coding,
      registered: pdu.registered_delivery, esm_class: pdu.esm_class, validity: pdu.validity_period,
      udh: udh ? udh.map((part) => part.toString("hex")) : [],
      text: Buffer.isBuffer(message) ? message.toString("hex") : message,
    });
    if (pdu.destination_addr === GONE) return session.destroy();
    const status = { [THROTTLED]: smpp.ESME_RTHROTTLED, [NOBODY]: smpp.ESME_RINVDSTADR }[pdu.destination_addr];
    if (status) return session.send(pdu.response({ command_status: status }));
    named += 1;
    session.send(pdu.response({ message_id: `peer-${named}` }));
    if (pdu.registered_delivery) {
      session.deliver_sm({
        esm_class: smpp.ESM_CLASS.MC_DELIVERY_RECEIPT,
        source_addr: pdu.destination_addr, destination_addr: pdu.source_addr,
        short_message: `id:peer-${named} sub:001 dlvrd:001 submit date:2701150800 done date:2701150801 stat:DELIVRD err:000 text:`,
      }, (answer) => say({ event: "acknowledged", status: answer.command_status }));
    }
  });
  session.on("unbind", (pdu) => {
    say({ event: "unbind" });
    session.send(pdu.response()); // whoever takes leave closes the connection
  });
});

server.listen(0, "127.0.0.1", () => say({ event: "listening", port: server.address().port }));
