"""Signs people in with two factors by a client that others wrote for Auth0, at a real server. Codes come by a mail server and
a gateway, and from oathtool; the phone is our terminal authenticator.

Needs oathtool, and the packages of requirements.txt or of node/package.json.
Usage: python3 tests/independent/auth0_mfa.py CLIENT path/to/countersign-server path/to/countersign [packages for Node]
CLIENT is auth0-auth-js, auth0-node, auth0-server-python or auth0-python.
"""

import contextlib
import os
import sys

from auth0_clients import Auth0Node, Auth0Python, AuthJs, ServerPython
from auth0_journey import Journey
from auth0_server import Auth0Server, need

CLIENTS = {"auth0-auth-js": AuthJs, "auth0-node": Auth0Node, "auth0-server-python": ServerPython,
           "auth0-python": Auth0Python}


def main():
    name, program, terminal, *packages = sys.argv[1:]
    need(f"Auth0, by {name}", "oathtool", *(["node"] if packages else []))
    make = CLIENTS[name]
    with Auth0Server(program, terminal, plain=make is Auth0Python) as server, contextlib.ExitStack() as stack:
        if server.files:
            os.environ["SSL_CERT_FILE"] = str(server.files.root)
        client = stack.enter_context(make(server, *packages))
        bound = stack.enter_context(make(server.bound(), *packages))
        steps = Journey(client, server).run(bound)
    how = f"over {'HTTP' if server.plain else 'TLS'}" + (f", {client.runtime}" if packages else "")
    print(f"note: Auth0: {client.name}, {how}: {len(steps)} steps: {', '.join(steps)}")


if __name__ == "__main__":
    main()
