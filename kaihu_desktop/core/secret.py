"""A value that must not be shown, copied or stored: passwords, tokens, keys."""

from __future__ import annotations

from typing import NoReturn


class Secret:
    """Holds secret bytes; prints as ``•••``, refuses copy and pickle, can be wiped.

    The bytes live in one ``bytearray`` that `wipe` overwrites. Python may keep other copies of a
    string that was typed; wiping is best effort and shortens the time a secret stays in memory.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str | bytes) -> None:
        self._value = bytearray(value.encode("utf-8") if isinstance(value, str) else value)

    def reveal(self) -> bytes:
        """The secret bytes. Call it at the last moment and keep no reference."""
        return bytes(self._value)

    def reveal_text(self) -> str:
        """The secret as text (UTF-8)."""
        return self._value.decode("utf-8")

    def wipe(self) -> None:
        """Overwrite the bytes and forget them."""
        for index in range(len(self._value)):
            self._value[index] = 0
        del self._value[:]

    def __bool__(self) -> bool:
        return bool(self._value)

    def __len__(self) -> int:
        return len(self._value)

    def __repr__(self) -> str:
        return "•••"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return "•••"

    def __copy__(self) -> NoReturn:
        raise TypeError("a Secret can't be copied")

    def __deepcopy__(self, memo: object) -> NoReturn:
        raise TypeError("a Secret can't be copied")

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret can't be pickled")
