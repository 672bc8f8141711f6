"""``python -m kaihu_desktop.sandbox``: runs the sandbox, or prints its OpenAPI document."""

from __future__ import annotations

import argparse
import sys

from kaihu_desktop.sandbox import options


def main() -> int:
    """Runs the command line; 0 when the server ended as asked."""
    if sys.argv[1:] == ["openapi"]:
        from kaihu_desktop.sandbox.openapi import as_yaml

        sys.stdout.buffer.write(as_yaml().encode())
        return 0
    parser = argparse.ArgumentParser(prog="kaihu_desktop.sandbox", description="沙箱后台（仅供演示和测试）")
    options.add_arguments(parser)
    from kaihu_desktop.sandbox.server import serve

    return serve(options.from_arguments(parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
