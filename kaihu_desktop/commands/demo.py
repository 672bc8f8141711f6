"""``kaihu-desktop demo``: the client with a sandbox of its own, by hand or as a self-driving tour."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Iterator

#: Who the sandbox and the pretended camera are run by, where the client's Python can't (win7 lane).
SANDBOX_PYTHON = "KAIHU_SANDBOX_PYTHON"


def add_parser(subparsers: Any) -> None:
    """Add ``demo`` to the program's command line."""
    text = "启动客户端和内置沙箱；加 --tour 时自动走完整个业务并保存截图"
    parser = subparsers.add_parser("demo", help="演示", description=text)
    parser.add_argument("--tour", metavar="DIR", type=Path, help="自动演示，截图保存到这个文件夹")
    parser.add_argument(
        "--business", choices=["settlement-account"], default="settlement-account", help="演示哪项业务"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run until the window is closed, or the tour is over; 0 when the tour succeeded."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kaihu-demo-")))
        sandbox = stack.enter_context(
            _server("kaihu_desktop.sandbox", "--port", "0", "--data", str(folder / "sandbox"))
        )
        camera = stack.enter_context(_server("kaihu_desktop.sandbox.specimens.camera_server"))
        os.environ.update(KAIHU_BACKEND_URL=sandbox["url"], KAIHU_HOME=str(folder / "home"), KAIHU_COMPANY="")
        os.environ.setdefault("KAIHU_CAMERA_SOURCE", camera["stream"])
        if args.tour:
            return _tour(args, sandbox, camera)
        return _by_hand(sandbox, camera)


def _by_hand(sandbox: dict[str, str], camera: dict[str, str]) -> int:
    from kaihu_desktop.bootstrap import ports
    from kaihu_desktop.ui.application import Window, create_application

    print("期货公司编号：8888")
    print("演示客户：张样本 410101199508130033（其他客户见控制台）")
    print(f"沙箱控制台（短信验证码、证书文件、复核）：{sandbox['console']}")
    print(f"模拟摄像头前放什么：{camera['scenes'].rpartition('/')[0]}/")
    application = create_application()
    window = Window(ports())
    window.open()
    return int(application.exec_())


def _tour(args: argparse.Namespace, sandbox: dict[str, str], camera: dict[str, str]) -> int:
    from kaihu_desktop.bootstrap import ports
    from kaihu_desktop.commands.demo_scenes import settlement_account
    from kaihu_desktop.commands.demo_world import DemoWorld
    from kaihu_desktop.ui.application import Window, create_application
    from kaihu_desktop.ui.tour.driver import Driver
    from kaihu_desktop.ui.tour.player import Player

    world = DemoWorld(sandbox["url"], camera["scenes"], Path(os.environ["KAIHU_HOME"]))
    world.open_service_hours()
    scenes = settlement_account(world)
    application = create_application()
    window = Window(ports())
    window.open()
    player = Player(Driver(window.shell), scenes, args.tour)
    player.finished.connect(lambda succeeded: application.exit(0 if succeeded else 1))
    player.start()
    code = int(application.exec_())
    print((args.tour / "tour.json").read_text(encoding="utf-8"))
    return code


@contextmanager
def _server(module: str, *arguments: str) -> Iterator[dict[str, str]]:
    """A server in a process of its own; yields the line of JSON that it prints when it is ready."""
    python = os.environ.get(SANDBOX_PYTHON) or sys.executable
    process = subprocess.Popen([python, "-m", module, *arguments], stdout=subprocess.PIPE, encoding="utf-8")
    try:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            raise SystemExit(f"{module} did not start")
        yield json.loads(line)
    finally:
        process.terminate()
        process.wait()
        if process.stdout:
            process.stdout.close()
