"""Web Push with peers that are not ours, in both directions: web-push-testing, a push service, opens what our courier sends
and checks its signature; and web-push, a client, sends to our fake push service, which must open that. What our courier
makes of other answers is then checked against the fake (tests/it/delivery/web_push.rs).

Needs Node, with web-push and web-push-testing in a folder.
Usage: python3 tests/independent/web_push.py path/to/push_courier path/to/fake_push_service FOLDER
"""

import contextlib
import datetime
import ipaddress
import json
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from line_program import PATIENCE, Program

CLIENT = pathlib.Path(__file__).parent / "node" / "web_push_client.js"
CHALLENGE = "0190f3c2-1111-7222-8333-444444444444"


def certificate(folder):
    """A certificate for this machine, which is its own authority, and its key in `folder`. Returns it in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.timezone.utc)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName(names), critical=False).sign(key, hashes.SHA256()))
    pem = made.public_bytes(serialization.Encoding.PEM)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "tls.pem").write_bytes(pem + key.private_bytes(*form))
    return pem.decode()


def pipe(source, sink):
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


def tls_in_front_of(port, folder):
    """The push service speaks plain HTTP and we speak TLS only. Returns the port where it is spoken."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "tls.pem")
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            raw, _ = listener.accept()
            with contextlib.suppress(OSError):
                stream, behind = context.wrap_socket(raw, server_side=True), socket.create_connection(("127.0.0.1", port))
                for pair in ((stream, behind), (behind, stream)):
                    threading.Thread(target=pipe, args=pair, daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    return listener.getsockname()[1]


class PushService:
    """web-push-testing, until the `with` ends."""

    def __init__(self, modules, folder):
        self.modules, self.folder = modules, folder

    def __enter__(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        program = self.modules / "web-push-testing" / "src" / "bin" / "server.js"
        self.process = subprocess.Popen(["node", str(program), str(self.port)], cwd=self.folder, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        assert "running" in line, line
        self.tls_port = tls_in_front_of(self.port, self.folder)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def ask(self, path, **body):
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
            text = reply.read()
        return json.loads(text)["data"] if text.startswith(b"{") else None

    def subscribe(self, public_key):
        """A new subscription: its name, and what a device would hand over as its push token."""
        made = self.ask("/subscribe", userVisibleOnly="true", applicationServerKey=public_key)
        endpoint = made["endpoint"].replace(f"http://localhost:{self.port}", f"https://localhost:{self.tls_port}")
        return made["clientHash"], f"{endpoint}#p256dh={made['keys']['p256dh']}&auth={made['keys']['auth']}"

    def messages(self, name):
        return [json.loads(text) for text in self.ask("/get-notifications", clientHash=name)["messages"]]


def our_courier(program, modules, folder):
    ca = certificate(folder)
    with Program(program) as courier, PushService(modules, folder) as service:
        key, other = ({**courier.ask(new_key=True), "provider": number} for number in (1, 2))

        def send(token, language="en", key=key):
            account = {"kind": "webpush", "private_key": key["private_key"], "subject": "mailto:ops@example.org", "ca": ca}
            return courier.ask(account=account, provider=key["provider"], token=token, challenge=CHALLENGE, language=language)

        name, token = service.subscribe(key["public_key"])
        for language in ("en", "ar"):
            came = send(token, language)
            assert (came["status"], came["then"], came["trouble"]) == (201, "Done", False), came
        english, arabic = service.messages(name)
        for message in (english, arabic):
            assert sorted(message) == ["body", "challenge", "title"] and message["challenge"] == CHALLENGE, message
        assert english["title"] == "A request is waiting" and "طلب" in arabic["title"]
        came = send(token, key=other)
        assert (came["status"], came["then"], came["trouble"]) == (400, "Dead", True), f"another key: {came}"
        service.ask(f"/expire-subscription/{name}")
        came = send(token)
        assert (came["status"], came["then"]) == (410, "Gone(None)"), came
        assert len(service.messages(name)) == 2
        fresh, token = service.subscribe(key["public_key"])
        assert send(token)["then"] == "Done" and len(service.messages(fresh)) == 1


def our_fake(program, modules, folder):
    with Program(program) as fake:
        facts = fake.line()
        (folder / "ca.pem").write_text(facts["ca"], encoding="ascii")
        environment = {"NODE_PATH": str(modules), "NODE_EXTRA_CA_CERTS": str(folder / "ca.pem")}
        with Program("node", CLIENT, json.dumps(facts), **environment) as client:
            texts = ["short", "longer, and in Arabic: طلب بانتظارك", "x" * 3000]
            for text in texts:
                came = client.ask(text=text, ttl=60, topic="t" * 32)
                assert came["status"] == 201, came
            opened = fake.ask()["opened"]
            assert [one["text"] for one in opened] == texts
            assert all(one["sender"] == came["sender"] and one["headers"]["ttl"] == "60" for one in opened)
            assert opened[0]["claims"]["exp"] > time.time()
            for status in (404, 410, 429):
                fake.ask(status=status)
                assert client.ask(text="text", ttl=60, topic="t") == {"status": status, "error": "WebPushError"}
            came = client.ask(text="text", ttl=60, topic="t", forged=True)
            assert came["status"] == 403, f"a forged signature: {came}"


def main():
    courier, fake, packages = sys.argv[1:]
    modules = pathlib.Path(packages) / "node_modules"
    with tempfile.TemporaryDirectory() as folder:
        our_courier(courier, modules, pathlib.Path(folder))
        our_fake(fake, modules, pathlib.Path(folder))
    print("note: Web Push: 3 messages of ours opened by web-push-testing, 3 of web-push's opened by our fake, and refusals "
          "both ways")


if __name__ == "__main__":
    main()
