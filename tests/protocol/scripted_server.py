"""A server on the loopback that answers exactly what a test tells it to, byte for byte."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Reply = Callable[[socket.socket], None]


def answer(
    status: str = "200 OK",
    body: bytes = b"{}",
    *headers: str,
) -> Reply:
    """A complete answer; every header is a whole line."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return lambda connection: connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)


def raw(content: bytes) -> Reply:
    """Whatever bytes, then the end of the connection."""
    return lambda connection: connection.sendall(content)


@dataclass
class ScriptedServer:
    """Answers each request by the next reply; ``requests`` holds what it was sent."""

    replies: list[Reply]
    port: int = 0
    requests: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def serve(self, listener: socket.socket) -> None:
        for reply in self.replies:
            connection, _address = listener.accept()
            with connection:
                self.requests.append(_read_request(connection))
                with suppress(OSError):  # the client may have had enough
                    reply(connection)


@contextmanager
def scripted(*replies: Reply) -> Iterator[ScriptedServer]:
    """A server that runs while the block does."""
    server = ScriptedServer(list(replies))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server.port = listener.getsockname()[1]
        thread = threading.Thread(target=_serve_quietly, args=(server, listener), daemon=True)
        thread.start()
        yield server
        listener.close()


@contextmanager
def draining(reply: Reply) -> Iterator[str]:
    """The address of a server that reads one request of any size and keeps nothing of it."""

    def serve() -> None:
        connection, _address = listener.accept()
        with connection:
            _skip_request(connection)
            reply(connection)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread.join(timeout=10)


@contextmanager
def deaf_server() -> Iterator[str]:
    """The address of a server that takes connections and never reads from them."""
    with socket.create_server(("127.0.0.1", 0), backlog=1) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def unused_port() -> int:
    """A port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _serve_quietly(server: ScriptedServer, listener: socket.socket) -> None:
    with suppress(OSError):  # the test may be over
        server.serve(listener)


def _read_request(connection: socket.socket) -> bytes:
    head, body = _read_head(connection)
    while len(body) < _announced_size(head):
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def _skip_request(connection: socket.socket) -> None:
    head, body = _read_head(connection)
    missing = _announced_size(head) - len(body)
    while missing > 0:
        missing -= len(connection.recv(65536))


def _read_head(connection: socket.socket) -> tuple[bytes, bytes]:
    """The head of a request, and what came of its body."""
    connection.settimeout(10)
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536)
    head, _, body = received.partition(b"\r\n\r\n")
    return head, body


def _announced_size(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":")[1])
    return 0
