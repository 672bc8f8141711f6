"""Looks at and uses the widgets of another process through the desktop's accessibility bus (AT-SPI 2).

What a screen reader can't find, this can't either. It speaks D-Bus by jeepney, which `keyring` brings, so
that both lanes can use it. Protocol: the XML files of at-spi2-core.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Callable, Iterator, Sequence

from jeepney import DBusAddress, Message, MessageType, Properties, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection

PATIENCE = 60.0  # seconds; the machine may be busy with something else
PAUSE = 0.05  # seconds between two looks

#: Bits of a state set (AtspiStateType).
CHECKED, ENABLED, FOCUSED, VISIBLE = 4, 8, 12, 30

ROOT = "/org/a11y/atspi/accessible/root"
SCREEN = 0  # coordinates of the screen (AtspiCoordType)


class Gone(Exception):
    """The widget isn't there any more."""


class Desktop:
    """The accessibility bus of this session."""

    def __init__(self) -> None:
        session = open_dbus_connection("SESSION")
        address = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
        answer = session.send_and_get_reply(new_method_call(address, "GetAddress"), timeout=PATIENCE)
        session.close()
        self._bus: DBusConnection = open_dbus_connection(answer.body[0])

    def close(self) -> None:
        """Leave the bus."""
        self._bus.close()

    def application(self, process_id: int) -> Node | None:
        """The root of a process's widgets, None as long as it has not announced itself."""
        registry = Node(self, "org.a11y.atspi.Registry", ROOT)
        for node in registry.children():
            address = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
            ask = new_method_call(address, "GetConnectionUnixProcessID", "s", (node.owner,))
            (answer,) = self.ask([ask])
            if answer is not None and answer[0] == process_id:
                return node
        return None

    def ask(self, messages: Sequence[Message]) -> list[Any]:
        """Send all at once; the bodies of the answers, None for an error (the widget has gone)."""
        waiting = {}
        for place, message in enumerate(messages):
            serial = next(self._bus.outgoing_serial)
            self._bus.send(message, serial=serial)
            waiting[serial] = place
        answers: list[Any] = [None] * len(messages)
        while waiting:
            answer = self._bus.receive(timeout=PATIENCE)
            place = waiting.pop(answer.header.fields.get(5), None)  # 5: the serial that it answers
            if place is not None and answer.header.message_type is MessageType.method_return:
                answers[place] = answer.body
        return answers


@dataclass(frozen=True)
class Node:
    """One widget of a process, as the bus knows it. Methods raise `Gone` when it has gone."""

    desktop: Desktop
    owner: str
    path: str

    def call(self, interface: str, method: str, signature: str | None = None, *values: Any) -> Any:
        """The body of the answer to one method call."""
        (answer,) = self.desktop.ask([self._message(interface, method, signature, values)])
        if answer is None:
            raise Gone
        return answer

    def children(self) -> list[Node]:
        """The widgets inside."""
        (found,) = self.call("Accessible", "GetChildren")
        return [Node(self.desktop, owner, path) for owner, path in found]

    def visible(self) -> Iterator[tuple[str, Node]]:
        """Every visible widget with its object name, breadth first, one exchange with the bus for a level."""
        level = [self]
        while level:
            messages = []
            for node in level:
                messages += [
                    node._message("Accessible", "GetState"),
                    node._property("Accessible", "AccessibleId"),
                    node._message("Accessible", "GetChildren"),
                ]
            answers = self.desktop.ask(messages)
            below = []
            for number, node in enumerate(level):
                state, name, children = answers[3 * number : 3 * number + 3]
                if state is None or children is None:
                    continue
                if node is not self and not _has(state[0], VISIBLE):
                    continue
                yield (name[0][1] if name else ""), node
                below += [Node(self.desktop, owner, path) for owner, path in children[0]]
            level = below

    def has(self, state: int) -> bool:
        """Whether the widget is in a state, such as `ENABLED`."""
        return _has(self.call("Accessible", "GetState")[0], state)

    @property
    def name(self) -> str:
        """What a screen reader calls it: the accessible name, or the text of a label or button."""
        return str(self._get("Accessible", "Name"))

    @property
    def description(self) -> str:
        """What a screen reader adds to the name: an error, why a button can't be pressed."""
        return str(self._get("Accessible", "Description"))

    @property
    def text(self) -> str:
        """What stands in a field; of anything else its name."""
        (answer,) = self.desktop.ask([self._message("Text", "GetText", "ii", (0, -1))])
        return self.name if answer is None else str(answer[0])

    @property
    def length(self) -> int:
        """How many characters stand in a field."""
        return int(self._get("Text", "CharacterCount"))

    @property
    def place(self) -> tuple[int, int, int, int]:
        """(left, top, width, height) in pixels of the screen."""
        (found,) = self.call("Component", "GetExtents", "u", SCREEN)
        return tuple(found)

    def fill(self, text: str) -> None:
        """Put a text into a field, as dictation software does."""
        self.call("EditableText", "SetTextContents", "s", text)

    def focus(self) -> None:
        """Give it the keyboard focus."""
        self.call("Component", "GrabFocus")

    def _get(self, interface: str, name: str) -> Any:
        (answer,) = self.desktop.ask([self._property(interface, name)])
        if answer is None:
            raise Gone
        return answer[0][1]

    def _property(self, interface: str, name: str) -> Message:
        address = DBusAddress(self.path, self.owner, f"org.a11y.atspi.{interface}")
        return Properties(address).get(name)

    def _message(
        self, interface: str, method: str, signature: str | None = None, values: tuple[Any, ...] = ()
    ) -> Message:
        address = DBusAddress(self.path, self.owner, f"org.a11y.atspi.{interface}")
        return new_method_call(address, method, signature, values)


def _has(states: Sequence[int], bit: int) -> bool:
    return bool(states[bit // 32] >> bit % 32 & 1)


def wait_until(there: Callable[[], Any], what: Callable[[], str], patience: float = PATIENCE) -> Any:
    """Look again until `there` returns something true, and return that; AssertionError when time is up."""
    until = time.monotonic() + patience
    while True:
        try:
            found = there()
        except Gone:
            found = None
        if found:
            return found
        if time.monotonic() > until:
            raise AssertionError(f"waited in vain for {what()}")
        time.sleep(PAUSE)
