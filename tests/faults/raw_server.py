"""A server that answers as it is told, also in ways that no proper server would."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
from dataclasses import dataclass
from typing import Callable, Mapping, Union

PATIENCE = 20  # seconds; longer than any limit in a test
TLS_HANDSHAKE = b"\x16"  # first byte of a connection that a client wants encrypted


@dataclass(frozen=True)
class Received:
    """One request as it arrived; names of headers in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, object]:
        document: dict[str, object] = json.loads(self.body)
        return document


#: Does what it likes with a connection on which a request has arrived.
Act = Callable[["RawServer", socket.socket], None]
Reply = Union[bytes, Act, Callable[[Received], bytes]]


def reply(
    status: int,
    document: object = None,
    *,
    body: bytes = b"",
    media_type: str = "application/json",
    length: int | None = None,
    **headers: str,
) -> bytes:
    """The bytes of an answer; `length` overrides the true Content-Length."""
    content = json.dumps(document).encode() if document is not None else body
    lines = [f"HTTP/1.1 {status} X", f"Content-Type: {media_type}", "Connection: close"]
    lines.append(f"Content-Length: {len(content) if length is None else length}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


def problem(status: int, code: str, **members: object) -> bytes:
    """A problem document."""
    return reply(status, {"code": code, **members}, media_type="application/problem+json")


def reset(server: RawServer, connection: socket.socket) -> None:
    """Close the connection so that the other side sees ECONNRESET."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def hang_up(server: RawServer, connection: socket.socket) -> None:
    """Close the connection without an answer."""


def hang(server: RawServer, connection: socket.socket) -> None:
    """Answer nothing until the server ends."""
    server.ended.wait(PATIENCE)


def drip(server: RawServer, connection: socket.socket) -> None:
    """Send one byte after the other, without end."""
    connection.sendall(b"HTTP/1.1 200 X\r\nContent-Type: application/json\r\n\r\n")
    while not server.ended.wait(0.02):
        try:
            connection.sendall(b" ")
        except OSError:
            return


def tunnel(context: ssl.SSLContext, answer: bytes) -> Act:
    """As a proxy: grant CONNECT, then answer as the server at its end would."""

    def act(server: RawServer, connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 X\r\n\r\n")
        with context.wrap_socket(connection, server_side=True) as inner:
            server.received.append(_receive(inner))
            inner.sendall(answer)

    return act


class RawServer:
    """Answers the n-th request with the n-th reply, further ones with the last. Each on its own connection.

    ended: set when the server is closing. received: the requests so far.
    """

    def __init__(self, *replies: Reply, tls: ssl.SSLContext | None = None) -> None:
        self._replies = replies
        self._tls = tls
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self.received: list[Received] = []
        self.ended = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=50)
        self.port = self._listener.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()

    def __enter__(self) -> RawServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        socket.create_connection(("127.0.0.1", self.port)).close()  # wakes the acceptor
        self._acceptor.join(PATIENCE)
        self._listener.close()
        for thread in self._threads:
            thread.join(PATIENCE)

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self.ended.is_set():
                connection.close()
                return
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(PATIENCE)
        try:
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            first = connection.recv(1, socket.MSG_PEEK) if not self._tls else b""
            if first == TLS_HANDSHAKE:
                connection.sendall(reply(400))
                return
            answer = self._next(_receive(connection))
            if isinstance(answer, bytes):
                connection.sendall(answer)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65536):
                    pass  # until the client closes, so that no reset overtakes the answer
            else:
                answer(self, connection)
        except (OSError, ValueError):
            pass  # the client went away, or spoke TLS to a server without: what some tests are about
        finally:
            connection.close()

    def _next(self, request: Received) -> bytes | Act:
        with self._lock:
            answer = self._replies[min(len(self.received), len(self._replies) - 1)]
            self.received.append(request)
        if isinstance(answer, bytes) or answer.__code__.co_argcount == 2:
            return answer  # type: ignore[return-value]
        return answer(request)  # type: ignore[call-arg, return-value]


def _receive(connection: socket.socket) -> Received:
    stream = connection.makefile("rb")
    with stream:
        method, path, _ = stream.readline().decode().split(" ")
        headers: dict[str, str] = {}
        while True:
            line = stream.readline().decode().strip()
            if not line:
                break
            name, value = line.split(":", 1)
            headers[name.lower()] = value.strip()
        body = stream.read(int(headers.get("content-length", "0")))
    return Received(method, path, headers, body)


def closed_port() -> tuple[str, int]:
    """An address at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    return f"http://127.0.0.1:{port}", port
