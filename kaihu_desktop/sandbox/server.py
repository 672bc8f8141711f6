"""Runs the sandbox on the loopback interface and says in one line of JSON where it is."""

from __future__ import annotations

import json
import socket
import sys

import uvicorn

from kaihu_desktop.sandbox.app import create_app
from kaihu_desktop.sandbox.faults import FaultInjector
from kaihu_desktop.sandbox.options import Options

LOOPBACK = "127.0.0.1"


class _AnnouncingServer(uvicorn.Server):
    """Prints where it listens once it really does."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:
            url = f"http://{LOOPBACK}:{sockets[0].getsockname()[1]}"
            print(json.dumps({"url": url, "console": f"{url}/console/"}), flush=True)


def serve(options: Options) -> int:
    """Serves until a signal ends it."""
    listener = _listen(options.port)
    app = create_app(options)
    injector = FaultInjector(app, app.state.sandbox.faults)
    config = uvicorn.Config(
        injector,
        log_level="warning",
        access_log=False,
        http="h11",
        ws="none",
        date_header=False,
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    server = _AnnouncingServer(config)
    injector.connections = server.server_state.connections
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    return 0 if server.started else 1


def _listen(port: int) -> socket.socket:
    # asyncio turns Nagle off only where the protocol is named; else each answer comes 40 ms late
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if sys.platform != "win32":  # there the option would let two servers share the port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((LOOPBACK, port))
    return listener
