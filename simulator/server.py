"""The HTTP server around the authority: loopback only, one thread for each connection."""

from __future__ import annotations

import ipaddress
import socket
import threading
from typing import Any, cast

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.test import run_wsgi_app

from .application import Application
from .authority import Authority
from .mischief import AnswerLost


class _RequestHandler(WSGIRequestHandler):
    """HTTP/1.1 with keep-alive, which werkzeug's own handler does not offer, and silent: the
    control API lists the requests."""

    protocol_version = "HTTP/1.1"
    # Head and body leave in two writes; with Nagle's algorithm the second waits for an ACK.
    disable_nagle_algorithm = True

    def run_wsgi(self) -> None:
        """One request. The connection can stay, because the application reads every body."""
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        try:
            chunks, status, headers = run_wsgi_app(self.server.app, self.make_environ())
        except AnswerLost:
            self.close_connection = True
            return
        code, _, phrase = status.partition(" ")
        self.send_response(int(code), phrase)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        for chunk in chunks:
            self.wfile.write(chunk)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The time of the simulated authority, which may be another than the machine's."""
        server = cast(_Server, self.server)
        return super().date_time_string(timestamp or server.application.now().timestamp())

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002
        """Nothing: the first line of standard output is the base URL, and the only one."""


class _Server(ThreadedWSGIServer):
    """Remembers its connections, so that a stop is a stop for kept-alive ones too."""

    def __init__(self, host: str, port: int, application: Application) -> None:
        self.application = application
        self._connections: set[socket.socket] = set()
        self._connections_lock = threading.Lock()
        listener = _listen(host, port)
        with listener:
            super().__init__(host, port, application, _RequestHandler, fd=listener.fileno())

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._connections_lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._connections_lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        with self._connections_lock:
            for connection in self._connections:
                _hang_up(connection)


def _listen(host: str, port: int) -> socket.socket:
    """Raises `OSError` for a port that is taken, where werkzeug would end the program."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=128)


class Simulator:
    """A simulator in this process; `start` returns its base URL."""

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0, fast: bool = False) -> None:
        """Raises `ValueError` for a host that others could reach."""
        if not _is_loopback(host):
            raise ValueError(f"{host} is not a loopback address")
        self._authority = Authority(is_fast=fast)
        self._server = _Server(host, port, Application(self._authority))
        name = f"[{host}]" if ":" in host else host
        self.url = f"http://{name}:{self._server.server_address[1]}"
        self._authority.base_url = self.url
        self._thread = threading.Thread(target=self._serve, name="simulator", daemon=True)

    def start(self) -> str:
        self._thread.start()
        return self.url

    def stop(self) -> None:
        """Ends at once: open connections are hung up, unfinished judgements dropped."""
        self._server.shutdown()
        self._server.hang_up()
        self._server.server_close()
        self._authority.stop()
        self._thread.join()

    def _serve(self) -> None:
        self._server.serve_forever(poll_interval=0.05)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        # The client was faster.
        return
