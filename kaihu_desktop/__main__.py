"""The command line: ``kaihu-desktop [run] [LINK] | demo | sandbox | doctor | scan | cert``."""

from __future__ import annotations

import argparse
import importlib
import io
import logging
import sys
from typing import Sequence

from kaihu_desktop import __version__

#: Commands in the order of the help; each is a module of `kaihu_desktop.commands`.
COMMANDS = ("run", "demo", "sandbox", "doctor", "scan", "cert", "device")

#: What a link to a company starts with; the system may start the client with nothing else.
LINK_START = "kaihu:"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; without one, run the client."""
    _use_utf8()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0].lower().startswith(LINK_START):
        given.insert(0, "run")
    parser = argparse.ArgumentParser(prog="kaihu-desktop", description="期货互联网开户云桌面客户端")
    parser.add_argument("--version", action="version", version=f"kaihu-desktop {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="命令", required=True)
    # Only what is asked for is imported: no window waits for the other commands.
    for name in [given[0]] if given[0] in COMMANDS else COMMANDS:
        module = _command(name)
        if module is not None:
            module.add_parser(subparsers)
    args = parser.parse_args(given)
    code: int = args.run(args)
    return code


def _command(name: str) -> object:
    """The command's module; None for one that this build leaves out (the investor's has no sandbox)."""
    try:
        return importlib.import_module(f"kaihu_desktop.commands.{name}")
    except ModuleNotFoundError as error:
        if error.name == f"kaihu_desktop.commands.{name}":
            return None
        raise


def _use_utf8() -> None:
    """Chinese texts go out as UTF-8 whatever the console's code page is."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


if __name__ == "__main__":
    sys.exit(main())
