"""Finds fonts of this machine that can write a given text."""

from __future__ import annotations

import functools
import shutil
import subprocess
from pathlib import Path

from PIL import ImageFont

FONT_ROOTS = ("/usr/share/fonts", "/usr/local/share/fonts", "C:/Windows/Fonts", "/System/Library/Fonts")
# File name and index of the simplified Chinese face inside a collection.
CHINESE_FACES = {
    "regular": (
        ("wqy-microhei.ttc", 0),
        ("NotoSansCJK-Regular.ttc", 2),
        ("wqy-zenhei.ttc", 0),
        ("msyh.ttc", 0),
        ("simhei.ttf", 0),
    ),
    "bold": (("NotoSansCJK-Bold.ttc", 2), ("msyhbd.ttc", 0), ("wqy-zenhei.ttc", 0), ("wqy-microhei.ttc", 0)),
    "serif": (("NotoSerifCJK-Regular.ttc", 2), ("simsun.ttc", 0), ("wqy-microhei.ttc", 0)),
    "any": (
        ("wqy-microhei.ttc", 0),
        ("NotoSansCJK-Regular.ttc", 2),
        ("NotoSansCJK-Bold.ttc", 2),
        ("NotoSerifCJK-Regular.ttc", 2),
        ("NotoSerifCJK-Bold.ttc", 2),
        ("wqy-zenhei.ttc", 0),
        ("msyh.ttc", 0),
        ("simhei.ttf", 0),
        ("simsun.ttc", 0),
    ),
}
DIGIT_FACES = {
    "number": (
        ("DejaVuSansMono-Bold.ttf", 0),
        ("LiberationMono-Bold.ttf", 0),
        ("NimbusMonoPS-Bold.otf", 0),
        ("consolab.ttf", 0),
    ),
    "embossed": (
        ("DejaVuSansMono.ttf", 0),
        ("NimbusSans-Bold.otf", 0),
        ("consola.ttf", 0),
        ("NimbusSansNarrow-Bold.otf", 0),
        ("NimbusMonoPS-Bold.otf", 0),
        ("DejaVuSans.ttf", 0),
    ),
}


class NoFont(RuntimeError):
    """This machine has no font that can write the text."""


@functools.lru_cache(maxsize=16)
def _installed() -> dict[str, str]:
    found: dict[str, str] = {}
    for root in FONT_ROOTS:
        for path in Path(root).rglob("*.[to]t[cf]") if Path(root).is_dir() else ():
            found.setdefault(path.name, str(path))
    return found


@functools.lru_cache(maxsize=16)
def _fontconfig_chinese() -> tuple[tuple[str, int], ...]:
    """Faces that fontconfig names for Chinese, where it is installed."""
    if shutil.which("fc-match") is None:
        return ()
    command = ["fc-match", "--format=%{file}|%{index}", ":lang=zh-cn"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20).stdout
    path, _, index = answer.partition("|")
    return ((path, int(index or 0)),) if Path(path).is_file() else ()


@functools.lru_cache(maxsize=16)
def _faces(style: str) -> tuple[tuple[str, int], ...]:
    names = DIGIT_FACES.get(style, ()) + CHINESE_FACES.get(style, CHINESE_FACES["regular"])
    known = [(_installed()[name], index) for name, index in names if name in _installed()]
    return tuple(known) + _fontconfig_chinese()


@functools.lru_cache(maxsize=256)
def _load(path: str, index: int, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size, index=index)


@functools.lru_cache(maxsize=8192)
def _writes(path: str, index: int, character: str) -> bool:
    face = _load(path, index, 24)
    missing = bytes(face.getmask("\U0010fffd"))
    return character.isspace() or bytes(face.getmask(character)) != missing


def find_font(style: str, size: int, text: str, variant: int = 0) -> ImageFont.FreeTypeFont:
    """A face of `style` (a key of the tables above), `size` in pixels, that has all of `text`.

    variant: 0 is the preferred face, higher values rotate through the others that can write `text`.
    Raises NoFont when none can.
    """
    faces = [face for face in _faces(style) if all(_writes(*face, character) for character in text)]
    if not faces:
        raise NoFont(f"no {style} font for {text!r}; install fonts-wqy-microhei or fonts-noto-cjk")
    path, index = faces[variant % len(faces)]
    return _load(path, index, size)
