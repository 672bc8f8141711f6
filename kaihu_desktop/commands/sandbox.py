"""``kaihu-desktop sandbox``: runs the reference server, where it is installed."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from kaihu_desktop.sandbox import options


def add_parser(subparsers: Any) -> None:
    """Adds the command to the program's parser."""
    parser = subparsers.add_parser("sandbox", help="启动沙箱后台（演示和测试用）")
    options.add_arguments(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Serves until interrupted; 2 when the server's packages aren't installed here."""
    try:
        from kaihu_desktop.sandbox.server import serve
    except ImportError as error:
        print(f"这个 Python 环境没有安装沙箱后台所需的组件（{error.name}）。", file=sys.stderr)
        return 2
    return serve(options.from_arguments(args))
