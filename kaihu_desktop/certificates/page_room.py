"""Finds where on a page of a PDF there is room for the visible signature, without drawing the page.

What stands on the page is read from its content streams (ISO 32000-1, 7.8 and 9.4). How far a line of text
reaches to the right would need its font: it is taken to reach the page's edge.
"""

from __future__ import annotations

import re
from typing import Any, Iterator, NamedTuple, Sequence, Tuple

#: Around the stamp, in points: to the page's edges, and to what stands next to it.
MARGIN, GAP = 24, 6
#: How far text reaches above and below its base line, in font sizes.
ASCENT, DESCENT = 1.0, 0.35
#: A page that is longer or nested deeper than any agreement's isn't read.
MOST_BYTES, DEEPEST = 4_000_000, 4

Matrix = Tuple[float, ...]  # a b c d e f
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
UNIT = (0.0, 0.0, 1.0, 1.0)  # where a picture stands before it is moved
#: From where something stands on the page to where it is seen, by the degrees of `turn_of`.
TURNS: dict[int, Matrix] = {
    0: IDENTITY,
    90: (0.0, -1.0, 1.0, 0.0, 0.0, 0.0),
    180: (-1.0, 0.0, 0.0, -1.0, 0.0, 0.0),
    270: (0.0, 1.0, -1.0, 0.0, 0.0, 0.0),
}
SHOWS_TEXT = (b"Tj", b"TJ", b"'", b'"')
NEXT_LINE = (b"T*", b"'", b'"')


class Box(NamedTuple):
    """In points; the page as it is shown, its origin wherever turning it has brought that."""

    left: float
    bottom: float
    right: float
    top: float


def turn_of(page: Any) -> int:
    """The degrees by which the page is turned clockwise when it is shown: 0, 90, 180 or 270."""
    try:
        turn = int(_inherited(page, "/Rotate") or 0) % 360
    except (TypeError, ValueError):  # no number at all
        return 0
    return turn if turn in TURNS else 0


def place_for(page: Any, width: int, height: int) -> tuple[int, int, int, int]:
    """Where a stamp of this size goes: at the right edge, as low as it covers neither text nor a picture.

    Without such a place it goes to the lower right corner, above earlier signatures if they leave room. Right
    and low are as a person sees the page; left, bottom, right and top are returned as the page has them.
    """
    turn = TURNS[turn_of(page)]
    area = _box_of(_inherited(page, "/CropBox") or _inherited(page, "/MediaBox"), turn)
    left = max(area.left, area.right - MARGIN - width)
    earlier = list(_annotations(page, turn))
    try:
        bottom = _lowest(area, left, width, height, [*earlier, *_contents(page, area, turn)])
    except Exception:  # a page that can't be read can be signed all the same
        bottom = None
    if bottom is None:
        bottom = _lowest(area, left, width, height, earlier)
    x, y = round(left), round(area.bottom + MARGIN if bottom is None else bottom)
    a, b, c, d, *_ = turn
    placed = _transformed((x, y, x + width, y + height), (a, c, b, d, 0.0, 0.0))  # turned back
    return round(placed.left), round(placed.bottom), round(placed.right), round(placed.top)


def _lowest(area: Box, left: float, width: int, height: int, boxes: Sequence[Box]) -> float | None:
    bottom = area.bottom + MARGIN
    for box in sorted(boxes, key=lambda box: box.bottom):
        beside = box.right <= left or box.left >= left + width
        if beside or box.top + GAP <= bottom or box.bottom - GAP >= area.top:
            continue
        if box.bottom - GAP >= bottom + height:
            break
        bottom = box.top + GAP
    return bottom if bottom + height + MARGIN <= area.top else None


def _annotations(page: Any, turn: Matrix) -> Iterator[Box]:
    """What lies over the page: the fields of earlier signatures."""
    for annotation in page.get("/Annots") or ():
        rectangle = annotation.get_object().get("/Rect") if annotation is not None else None
        if rectangle:
            yield _box_of(rectangle, turn)


def _contents(page: Any, area: Box, turn: Matrix) -> Iterator[Box]:
    contents: Any = page.get("/Contents") or []
    streams = contents if isinstance(contents, list) else [contents]
    data = b"\n".join(stream.get_object().data for stream in streams)
    return _Reader(area, turn).read(data, _inherited(page, "/Resources") or {})


class _Reader:
    """Goes through a content stream and tells where text and pictures stand."""

    def __init__(self, area: Box, matrix: Matrix, depth: int = 0) -> None:
        self._area, self._matrix, self._depth = area, matrix, depth
        self._line = IDENTITY  # where the line of text began
        self._size = self._leading = 0.0  # of the font, and of the way to the next line
        self._saved: list[tuple[Matrix, float, float]] = []

    def read(self, data: bytes, resources: Any) -> Iterator[Box]:
        if len(data) > MOST_BYTES or self._depth > DEEPEST:
            raise ValueError("not a page of an agreement")
        for operator, operands in _operations(data):
            if operator == b"Do":
                yield from self._object(resources["/XObject"][operands[-1].decode("ascii")], resources)
            elif operator == b"EI":
                yield _transformed(UNIT, self._matrix)
            else:
                self._move(operator, [value for value in operands if isinstance(value, float)])
                if operator in SHOWS_TEXT:
                    yield self._text()

    def _move(self, operator: bytes, numbers: Sequence[float]) -> None:
        """Follow the operators that say where the next thing will stand."""
        if operator in (b"q", b"Q", b"cm"):
            self._change_page(operator, numbers)
        elif operator == b"Tf":
            self._size = numbers[-1]
        elif operator == b"TL":
            self._leading = numbers[-1]
        elif operator in (b"BT", b"Tm"):
            self._line = _product(numbers or IDENTITY, IDENTITY)
        elif operator in (b"Td", b"TD"):
            self._line = _product((1, 0, 0, 1, *numbers), self._line)
            self._leading = -numbers[1] if operator == b"TD" else self._leading
        elif operator in NEXT_LINE:
            self._line = _product((1, 0, 0, 1, 0, -self._leading), self._line)

    def _change_page(self, operator: bytes, numbers: Sequence[float]) -> None:
        if operator == b"q":
            self._saved.append((self._matrix, self._size, self._leading))
        elif operator == b"cm":
            self._matrix = _product(numbers, self._matrix)
        elif self._saved:
            self._matrix, self._size, self._leading = self._saved.pop()

    def _text(self) -> Box:
        line = _product(self._line, self._matrix)
        glyph = _transformed((0, -DESCENT * self._size, 0, ASCENT * self._size), line)
        return glyph._replace(right=self._area.right)

    def _object(self, found: Any, resources: Any) -> Iterator[Box]:
        if found.get("/Subtype") != "/Form":
            yield _transformed(UNIT, self._matrix)
            return
        inside = _product([float(value) for value in found.get("/Matrix") or IDENTITY], self._matrix)
        nested = _Reader(self._area, inside, self._depth + 1)
        yield from nested.read(found.data, found.get("/Resources") or resources)


TOKEN = re.compile(
    rb"(?P<number>[+-]?(?:\d+\.?\d*|\.\d+))"
    rb"|(?P<name>/[^\0\t\n\f\r ()<>\[\]{}/%]*)"
    rb"|(?P<text>\()"
    rb"|<[0-9A-Fa-f\0\t\n\f\r ]*>|<<|>>|[\[\]{}]|%[^\r\n]*|[\0\t\n\f\r ]+"
    rb"|(?P<operator>[^\0\t\n\f\r ()<>\[\]{}/%]+)"
)
IN_TEXT = re.compile(rb"\\.|[()]", re.DOTALL)
IMAGE_END = re.compile(rb"[\0\t\n\f\r ]EI(?=[\0\t\n\f\r ]|$)")


def _operations(data: bytes) -> Iterator[tuple[bytes, list[Any]]]:
    """Each operator with the numbers (float) and names (bytes) before it. Raises ValueError."""
    operands: list[Any] = []
    place = 0
    while place < len(data):
        found = TOKEN.match(data, place)
        if found is None:
            raise ValueError("no content stream")
        place = found.end()
        if found["number"]:
            operands.append(float(found["number"]))
        elif found["name"]:
            operands.append(found["name"])
        elif found["text"]:
            place = _end_of_text(data, place)
        elif found["operator"]:
            operator = found["operator"]
            if operator == b"ID":  # the bytes of a small picture, whatever they look like
                end = IMAGE_END.search(data, place)
                operator, place = b"EI", end.end() if end else len(data)
            yield operator, operands
            operands = []


def _end_of_text(data: bytes, place: int) -> int:
    depth = 1
    for found in IN_TEXT.finditer(data, place):
        depth += {b"(": 1, b")": -1}.get(found[0], 0)
        if depth == 0:
            return found.end()
    raise ValueError("a string without end")


def _product(first: Sequence[float], second: Sequence[float]) -> Matrix:
    """`first`, then `second`."""
    a, b, c, d, e, f = first
    g, h, i, j, k, m = second
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def _transformed(box: Sequence[float], matrix: Matrix) -> Box:
    a, b, c, d, e, f = matrix
    corners = [(x, y) for x in (box[0], box[2]) for y in (box[1], box[3])]
    across = [a * x + c * y + e for x, y in corners]
    up = [b * x + d * y + f for x, y in corners]
    return Box(min(across), min(up), max(across), max(up))


def _box_of(rectangle: Any, turn: Matrix) -> Box:
    return _transformed([float(value) for value in rectangle], turn)


def _inherited(page: Any, key: str) -> Any:
    """A page's attribute, or that of the nearest page-tree node above (ISO 32000-1, 7.7.3.4)."""
    node = page
    while key not in node and "/Parent" in node:
        node = node["/Parent"]
    return node.get(key)
