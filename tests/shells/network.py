"""The network between a phone and its server: a TCP proxy that can be cut and made whole again."""

import contextlib
import socket
import threading


class Network:
    """Carries every connection to `target` while it is up; cut, it ends those there are and each new one."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.target = None
        self.up = True
        self.sockets = set()
        self.guard = threading.Lock()

    def start(self, target):
        self.target = target
        threading.Thread(target=self.accept, daemon=True).start()

    def set(self, up):
        with self.guard:
            self.up = up
            ended = [] if up else list(self.sockets)
        for one in ended:
            # Wakes the threads that wait in it, which then close it.
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self):
        self.set(False)
        self.listener.close()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                threading.Thread(target=self.carry, args=[near], daemon=True).start()

    def carry(self, near):
        with contextlib.ExitStack() as stack:
            stack.enter_context(near)
            stack.enter_context(contextlib.suppress(OSError))
            far = stack.enter_context(socket.create_connection(self.target))
            both = {near, far}
            with self.guard:
                if not self.up:
                    return
                self.sockets |= both
            back = threading.Thread(target=self.pump, args=[far, near], daemon=True)
            back.start()
            self.pump(near, far)
            back.join()
            with self.guard:
                self.sockets -= both

    @staticmethod
    def pump(source, sink):
        with contextlib.suppress(OSError):
            while part := source.recv(65536):
                sink.sendall(part)
        for one in (source, sink):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
