"""``kaihu-desktop run``: the client in its window."""

from __future__ import annotations

import argparse
from typing import Any


def add_parser(subparsers: Any) -> None:
    """Add ``run`` to the program's command line."""
    parser = subparsers.add_parser("run", help="启动客户端（默认）", description="启动客户端")
    parser.add_argument(
        "link", nargs="?", default="", metavar="链接", help="期货公司的链接，例如 kaihu://company/8888"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Show the window until it is closed."""
    from kaihu_desktop.bootstrap import ports
    from kaihu_desktop.ui.application import Window, create_application, leave

    application = create_application()
    window = Window(ports())
    window.open(args.link)
    return leave(window.tasks, int(application.exec_()))
