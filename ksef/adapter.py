"""HTTP whose answers end in time.

The timeout of a socket starts anew with every byte that comes; a server that drips can hold its
client for ever. Here the timeout is that of a whole answer, head and body together, and of the
whole sending of a body.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, TypeVar

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.poolmanager import PoolManager, ProxyManager
from urllib3.util.retry import Retry

_BLOCK = 64 * 1024


class TimedBody:
    """A body of ``size`` bytes to be sent within ``seconds``; later it raises TimeoutError."""

    def __init__(self, pieces: Iterable[bytes], size: int, *, seconds: float) -> None:
        self._pieces = iter(pieces)
        self._size = size
        self._until = time.monotonic() + seconds
        self._buffer = bytearray()

    def __len__(self) -> int:
        return self._size

    def read(self, size: int = _BLOCK) -> bytes:
        if time.monotonic() > self._until:
            raise TimeoutError("sending takes too long")
        while len(self._buffer) < size:
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._buffer += piece
        content = bytes(self._buffer[:size])
        del self._buffer[:size]
        return content


class _TimedReader(io.RawIOBase):
    """Reads from a socket until a moment, then raises TimeoutError."""

    def __init__(self, source: io.RawIOBase, connection: socket.socket) -> None:
        self._source = source
        self._socket = connection
        self._timeout = connection.gettimeout()
        self._until = time.monotonic() + (self._timeout or 0.0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        remaining = self._until - time.monotonic()
        if remaining <= 0:
            raise TimeoutError("the answer takes too long")
        self._socket.settimeout(remaining)
        return self._source.readinto(buffer)

    def close(self) -> None:
        with suppress(OSError):  # the connection may be used again, or be gone
            self._socket.settimeout(self._timeout)
        self._source.close()
        super().close()


class _TimedResponse(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *arguments: Any, **options: Any) -> None:
        super().__init__(sock, *arguments, **options)
        self.fp = io.BufferedReader(_TimedReader(self.fp.detach(), sock))


class _Connection(HTTPConnection):
    response_class = _TimedResponse


class _SecureConnection(HTTPSConnection):
    response_class = _TimedResponse


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


M = TypeVar("M", bound=PoolManager)

_POOLS: Mapping[str, type[HTTPConnectionPool]] = {"http": _Pool, "https": _SecurePool}


class TimedAdapter(HTTPAdapter):
    """Repeats nothing, follows nothing, and waits for an answer as long as the timeout says."""

    def __init__(self) -> None:
        super().__init__(max_retries=Retry(0, read=False, redirect=False))

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        self.poolmanager = _timed(self.poolmanager)

    def proxy_manager_for(self, *arguments: Any, **options: Any) -> ProxyManager:
        manager: ProxyManager = super().proxy_manager_for(*arguments, **options)
        return _timed(manager)


def _timed(manager: M) -> M:
    manager.pool_classes_by_scheme = dict(_POOLS)
    return manager
