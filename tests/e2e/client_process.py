"""The client as a process of its own in a real window, and the hands of the person who sits before it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Mapping

from tests.e2e.accessibility import CHECKED, ENABLED, PATIENCE, Desktop, Node, wait_until
from tests.sandbox_server import COMPANY, REPOSITORY

#: Where a check box has its box (pixels from its left edge).
BOX = 10

#: After this time a character that was typed is taken for lost (seconds), and is typed again so often.
RARE_PATIENCE, RARE_TRIES = 3.0, 5

#: Widgets that tell what is the matter, by the ends of their names.
TELLING = ("error", "error.text", "error.code", "note.text", "said.text", "blocked", "saved")

#: What covers the window while the client works, or asks something.
BUSY = "shell.busy"


class ClientProcess:
    """Started and killed at will over one home folder; between, its one person looks, types and clicks.

    Widgets are named by their object names (`login.id_number`). Every method waits until it can do its work.
    """

    def __init__(self, desktop: Desktop, environment: Mapping[str, str], log: Path) -> None:
        self._desktop, self._environment, self._log = desktop, environment, log
        self._process: subprocess.Popen[bytes] | None = None
        self._root: Node | None = None

    # the process

    def start(self) -> None:
        """Start it and wait for its window, which gets the keyboard."""
        command = [sys.executable, "-m", "kaihu_desktop", "run"]
        with self._log.open("ab") as log:
            process = subprocess.Popen(command, cwd=str(REPOSITORY), env=self._environment, stderr=log)
        self._process = process
        self._root = wait_until(lambda: self._desktop.application(process.pid), lambda: "the client's window")
        self.wait_for("shell")
        self.take_keyboard()

    def kill(self) -> None:
        """End it as a power failure would."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()

    def restart(self) -> None:
        """Kill it and start it again."""
        self.kill()
        self.start()

    @property
    def said(self) -> str:
        """What the client has written to its error output."""
        return self._log.read_text("utf-8", "replace")

    def take_keyboard(self) -> None:
        """Give the keyboard to the client's newest window; there is no window manager to do it."""
        assert self._process is not None
        ids = _xdotool("search", "--sync", "--onlyvisible", "--pid", str(self._process.pid), "--name", ".")
        _xdotool("windowfocus", "--sync", max(ids.split(), key=int))

    # looking

    def find(self, name: str) -> Node | None:
        """The visible widget of this name, None if there is none now."""
        return self._look(name)[0]

    def sees(self, *names: str) -> str | None:
        """The first of these widgets that can be seen now, None if none can."""
        return next((name for name in names if self.find(name) is not None), None)

    def wait_for(self, *names: str, patience: float = PATIENCE) -> str:
        """Wait until one of these widgets can be seen; which."""
        found: str = wait_until(lambda: self.sees(*names), lambda: f"{names}; {self._seen()}", patience)
        return found

    def usable(self, name: str) -> Node:
        """Wait until a widget can be seen and is enabled, and the client is at rest."""

        def there() -> Node | None:
            node = self.find(name)
            return node if node and node.has(ENABLED) and self.find(BUSY) is None else None

        found: Node = wait_until(there, lambda: f"{name}; {self._seen()}")
        return found

    def text(self, name: str) -> str:
        """The text of a field or label."""
        node = wait_until(lambda: self.find(name), lambda: f"{name}; {self._seen()}")
        return str(node.text)

    def wait_for_text(self, name: str, part: str) -> str:
        """Wait until the text of a widget holds `part`; the text."""
        text = ""

        def there() -> bool:
            nonlocal text
            text = self.text(name)
            return part in text

        wait_until(there, lambda: f"{part!r} in {name}, where {text!r} stands")
        return text

    def _seen(self) -> str:
        """What can be seen, for the message of a test that fails."""
        assert self._root is not None and self._process is not None
        if self._process.poll() is not None:
            return f"the client has ended with {self._process.returncode}: {self.said}"
        seen = [(_own_name(identity), node.name) for identity, node in self._root.visible()]
        told = {name: text for name, text in seen if name.endswith(TELLING) and text}
        return f"{told}, seen {[name for name, _ in seen if name]}"

    def _look(self, name: str) -> tuple[Node | None, Node | None]:
        """The widget, and the scroll area's viewport that it is in."""
        assert self._root is not None
        seen = dict(self._root.visible())
        for identity, node in seen.items():
            if identity == name or identity.endswith("." + name):
                before, viewport, _ = identity.rpartition("qt_scrollarea_viewport")
                return node, seen.get(before + viewport) if viewport else None
        return None, None

    # hands

    def click(self, name: str) -> None:
        """Click a widget with the mouse; it is brought into view before."""
        self.usable(name)
        left, top, width, height = wait_until(lambda: self._in_view(name), lambda: f"{name} in view")
        is_box = width > 3 * height and self._is_box(name)
        _xdotool(
            "mousemove", str(left + (BOX if is_box else width // 2)), str(top + height // 2), "click", "1"
        )

    def tick(self, name: str) -> None:
        """Tick a check box with the mouse, and see that it is ticked."""
        self.click(name)
        wait_until(lambda: self.usable(name).has(CHECKED), lambda: f"{name} to be ticked")

    def type(self, name: str, text: str, shown: str | None = None) -> None:
        """Replace the text of a field by typing; `shown` is what then stands in it."""
        self._overwrite(name, text)
        wanted = text if shown is None else shown
        wait_until(
            lambda: self.text(name) == wanted,
            lambda: f"{wanted!r} in {name}, where {self.text(name)!r} stands",
        )

    def type_password(self, name: str, password: str) -> None:
        """Replace a password by typing; of what stands in such a field only the length is told."""
        self._overwrite(name, password)
        wait_until(lambda: self.usable(name).length == len(password), lambda: f"a password in {name}")

    def _overwrite(self, name: str, text: str) -> None:
        field = self.usable(name)
        field.focus()
        self.key("ctrl+a")
        for part in _parts(text):
            if part.isascii():
                _xdotool("type", "--delay", "8", "--", part)
            else:
                _type_rare(field, part)

    def key(self, *keys: str) -> None:
        """Press keys, such as ``Return`` or ``Next``."""
        _xdotool("key", "--delay", "20", *keys)

    def choose_file(self, dialog: str, path: Path) -> None:
        """Put a file's path into the system's file dialog."""
        name = self.usable(f"{dialog}.fileNameEdit")
        self.take_keyboard()
        name.fill(str(path))
        name.focus()
        self.key("Return")
        wait_until(lambda: self.find(dialog) is None, lambda: f"{dialog} to close")
        self.take_keyboard()

    def _is_box(self, name: str) -> bool:
        node = self.find(name)
        (actions,) = node.call("Action", "GetActions") if node else ((),)
        return any(action[0] == "Toggle" for action in actions)

    def _in_view(self, name: str) -> tuple[int, int, int, int] | None:
        """The widget's place once its middle is inside what can be seen of its scroll area."""
        node, viewport = self._look(name)
        if node is None:
            return None
        place = node.place
        if viewport is None or _holds(viewport.place, place):
            return place
        node.focus()
        return None


def client_environment(home: Path, backend_url: str, camera: str) -> dict[str, str]:
    """The environment of a client with a home of its own, in a real window that a screen reader can read."""
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return {
        **kept,
        "KAIHU_HOME": str(home),
        "KAIHU_BACKEND_URL": backend_url,
        "KAIHU_COMPANY": COMPANY,
        "KAIHU_CAMERA_SOURCE": camera,
        "PYTHONFAULTHANDLER": "1",
        "QT_QPA_PLATFORM": "xcb",
        "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
    }


def _holds(outer: tuple[int, int, int, int], inner: tuple[int, int, int, int]) -> bool:
    middle = (inner[0] + min(inner[2] // 2, BOX), inner[1] + inner[3] // 2)
    return outer[0] <= middle[0] < outer[0] + outer[2] and outer[1] <= middle[1] < outer[1] + outer[3]


def _type_rare(field: Node, character: str) -> None:
    """Type what is on no key.

    xdotool changes the keyboard's layout for it and back, too soon for a client that is busy: type it again.
    """
    before = field.text
    for _ in range(RARE_TRIES):
        _xdotool("type", "--", character)
        try:
            wait_until(lambda: field.text != before, lambda: character, RARE_PATIENCE)
        except AssertionError:
            continue
        return


def _own_name(identity: str) -> str:
    """The object name at the end of an accessible id, empty for a widget that has none."""
    return re.split(r"(?:^|\.)(?:_?[A-Z]\w*|qt_\w+|shell)(?:\.|$)", identity)[-1]


def _parts(text: str) -> list[str]:
    """Runs of ASCII, and single other characters."""
    parts: list[str] = []
    for character in text:
        if parts and character.isascii() and parts[-1].isascii():
            parts[-1] += character
        else:
            parts.append(character)
    return parts


def _xdotool(*arguments: str) -> str:
    done = subprocess.run(["xdotool", *arguments], stdout=subprocess.PIPE, check=False, timeout=PATIENCE)
    return done.stdout.decode()
