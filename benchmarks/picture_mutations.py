"""Makes broken and malicious picture files, each from its number alone, for `fuzz_pictures.py`."""

from __future__ import annotations

import io
import random
import struct
import zlib
from functools import lru_cache
from typing import Callable

import numpy as np
from PIL import Image

MAX_BYTES = 10 * 1024 * 1024
JPEG, PNG, BMP, GIF = "JPEG", "PNG", "BMP", "GIF"


def case(number: int) -> tuple[str, str, bytes]:
    """The picture file of a number: (format, mutation, content)."""
    chance = random.Random(f"picture {number}")
    mutation = chance.choices(list(MUTATIONS), [weight for weight, _ in MUTATIONS.values()])[0]
    format_, data = MUTATIONS[mutation][1](chance)
    return format_, mutation, data[: MAX_BYTES + 1]


def _noise_bytes(chance: random.Random, length: int) -> bytes:
    return chance.getrandbits(8 * length).to_bytes(length, "little") if length else b""


# sound files


@lru_cache(maxsize=None)
def seeds() -> list[tuple[str, bytes]]:
    """Sound files of every sort that the formats know and Pillow can write, (format, content)."""
    made = []
    for width, height in ((61, 43), (640, 400)):
        picture = _scene(width, height)
        exif = Image.Exif()
        exif[0x0112], exif[0x010F] = 6, "camera"
        grey, palette, cmyk = picture.convert("L"), picture.convert("P"), picture.convert("CMYK")
        alpha = picture.copy()
        alpha.putalpha(grey)
        deep = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
        made += [
            (JPEG, _encoded(picture, JPEG, exif=exif)),
            (JPEG, _encoded(picture, JPEG, progressive=True, icc_profile=bytes(3000))),
            (JPEG, _encoded(picture, JPEG, subsampling=0, restart_marker_rows=1, comment=b"note")),
            (JPEG, _encoded(grey, JPEG)),
            (JPEG, _encoded(cmyk, JPEG, progressive=True)),
            (PNG, _encoded(picture, PNG, exif=exif)),
            (PNG, _encoded(alpha, PNG)),
            (PNG, _encoded(palette, PNG, transparency=3)),
            (PNG, _encoded(deep, PNG)),
            (PNG, _encoded(grey.convert("1"), PNG)),
            (PNG, png(width, height, 2, _rows(width * 3, height), interlaced=True)),
            (BMP, _encoded(picture, BMP)),
            (BMP, _encoded(palette, BMP)),
            (BMP, _encoded(grey.convert("1"), BMP)),
            (BMP, _encoded(alpha, BMP)),
            (BMP, rle_bmp(width, height, chance=random.Random(1))),
            (GIF, _encoded(palette, GIF)),
            (
                GIF,
                _encoded(palette, GIF, save_all=True, append_images=[palette.rotate(180)], comment=b"note"),
            ),
            (GIF, _encoded(palette, GIF, transparency=1, interlace=1)),
        ]
    return made


def _scene(width: int, height: int) -> Image.Image:
    y, x = np.mgrid[0:height, 0:width]
    waves = 127 + 60 * np.sin(x / 9) + 60 * np.cos(y / 7)
    return Image.fromarray(np.stack([waves, waves[::-1], 255 - waves], axis=2).astype(np.uint8))


def _encoded(picture: Image.Image, format_: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, format_, **options)
    return buffer.getvalue()


def _rows(length: int, count: int) -> bytes:
    return (b"\0" + bytes(length)) * count


def chunk(kind: bytes, content: bytes) -> bytes:
    """A PNG chunk with a right checksum."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(
    width: int,
    height: int,
    colour: int,
    rows: bytes,
    *,
    depth: int = 8,
    interlaced: bool = False,
    extra: bytes = b"",
) -> bytes:
    """A PNG that claims this size and contains these rows."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlaced))
    pixels = chunk(b"IDAT", zlib.compress(rows, 9))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + pixels + chunk(b"IEND", b"")


def rle_bmp(width: int, height: int, chance: random.Random, *, rle4: bool = False, runs: int = 0) -> bytes:
    """A run-length coded BMP; `runs` as many random codes, else whole rows."""
    if runs:
        body = bytes(chance.choices(range(256), k=2 * runs))
    else:
        row = b"".join(bytes((min(255, width - x), x % 200)) for x in range(0, width, 255))
        body = (row + b"\0\0") * height + b"\0\1"
    start = 14 + 40 + 1024
    info = struct.pack(
        "<IiiHHIIiiII", 40, width, height, 1, 4 if rle4 else 8, 2 if rle4 else 1, 0, 0, 0, 256, 0
    )
    return b"BM" + struct.pack("<IHHI", start + len(body), 0, 0, start) + info + bytes(range(256)) * 4 + body


# blind mutations: they know nothing of formats


def _blind(change: Callable[[random.Random, bytearray], bytearray]) -> Callable[[random.Random], tuple]:
    def make(chance: random.Random) -> tuple[str, bytes]:
        format_, data = chance.choice(seeds())
        changed = bytearray(data)
        for _ in range(chance.choice((1, 1, 1, 2, 5))):
            changed = change(chance, changed)
        return format_, bytes(changed)

    return make


def _place(chance: random.Random, data: bytearray) -> int:
    """More often near the beginning, where the structure stands."""
    return chance.randrange(min(len(data), chance.choice((30, 900, 900, 10**8))) or 1)


def _truncate(chance: random.Random, data: bytearray) -> bytearray:
    return data[: chance.randrange(len(data) + 1)]


def _flip(chance: random.Random, data: bytearray) -> bytearray:
    for _ in range(chance.choice((1, 3, 20))):
        if data:
            data[_place(chance, data)] ^= 1 << chance.randrange(8)
    return data


def _overwrite(chance: random.Random, data: bytearray) -> bytearray:
    place, length = _place(chance, data), chance.choice((1, 2, 4, 64))
    kind = chance.choice((b"\0", b"\xff", b"\x7f", None))
    data[place : place + length] = kind * length if kind else _noise_bytes(chance, length)
    return data


def _move(chance: random.Random, data: bytearray) -> bytearray:
    """Delete, double or move a block."""
    start, length = _place(chance, data), chance.randrange(1, 400)
    block = data[start : start + length]
    if chance.random() < 0.6:
        del data[start : start + length]
    if chance.random() < 0.6:
        place = _place(chance, data)
        data[place:place] = block * chance.choice((1, 1, 2, 50))
    return data


# mutations that know the format


def _size_lie(chance: random.Random) -> tuple[str, bytes]:
    """Another width and height than the pixels have, with checksums put right."""
    format_, data = chance.choice(seeds())
    changed = bytearray(data)
    side = [chance.choice((0, 1, 2, 17, 700, 3000, 8000, 16000, 30000, 65535)) for _ in range(2)]
    if format_ == PNG:
        struct.pack_into(
            ">II", changed, 16, *(value * chance.choice((1, 1, 70000)) % 2**32 for value in side)
        )
        struct.pack_into(">I", changed, 29, zlib.crc32(bytes(changed[12:29])))
    elif format_ == GIF:
        places = [6] if chance.random() < 0.5 else [6, max(changed.find(b","), 6) + 5]
        struct.pack_into("<HH", changed, chance.choice(places), *side)
    elif format_ == BMP:
        struct.pack_into("<ii", changed, 18, *(chance.choice((1, -1)) * value for value in side))
        if chance.random() < 0.3:
            struct.pack_into("<HI", changed, 28, chance.choice((1, 2, 4, 16, 24, 32)), chance.randrange(7))
    else:
        marker = next(at for at in (changed.find(b"\xff\xc0"), changed.find(b"\xff\xc2")) if at > 0)
        struct.pack_into(">HH", changed, marker + 5, *side)
    return format_, bytes(changed)


def _length_lie(chance: random.Random) -> tuple[str, bytes]:
    """A length field of the format that tells too much, too little or nothing."""
    format_, data = chance.choice(seeds())
    changed, lie = bytearray(data), chance.choice((0, 1, 2, 3, 255, 65535, 2**31 - 1, 2**32 - 1))
    if format_ == JPEG:
        places = [at for at in range(2, min(len(data) - 4, 4000)) if data[at] == 255 and data[at + 1] > 0xC0]
        struct.pack_into(">H", changed, chance.choice(places) + 2, lie & 0xFFFF)
    elif format_ == PNG:
        places = [
            data.find(kind) - 4 for kind in (b"IDAT", b"PLTE", b"tRNS", b"eXIf", b"IEND") if kind in data
        ]
        struct.pack_into(">I", changed, chance.choice(places), lie)
    elif format_ == GIF:
        changed[chance.randrange(10, min(len(changed), 900))] = lie & 0xFF
    else:
        struct.pack_into("<I", changed, chance.choice((2, 10, 14, 34, 46)), lie)
    return format_, bytes(changed)


def _exif_garbage(chance: random.Random) -> tuple[str, bytes]:
    """Directories that claim lengths, counts and places at random, or lead back to themselves."""
    order = chance.choice("<>")
    count = chance.choice((0, 1, 5, 400, 4000, 65535))
    entries = b"".join(
        struct.pack(
            order + "HHII",
            chance.choice((0x0112, 0x8769, 0x8825, 0xA005, 0x014A, number)),
            chance.randrange(14),
            chance.choice((0, 1, 1, 60000, 2**32 - 1)),
            chance.choice((8, 0, 6, 2**31, chance.randrange(2**32))),
        )
        for number in range(min(count, 4000))
    )
    start = chance.choice((8, 8, 8, 0, 2**32 - 1))
    tiff = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "IH", start, count) + entries
    tiff += struct.pack(order + "I", 8) + _noise_bytes(chance, chance.choice((0, 10, 3000)))
    if chance.random() < 0.3:
        tiff = _noise_bytes(chance, len(tiff))
    if chance.random() < 0.3:
        return PNG, png(30, 20, 2, _rows(90, 20), extra=chunk(b"eXIf", tiff))
    segments = [_segment(0xE1, b"Exif\0\0" + tiff[:65000]) for _ in range(chance.choice((1, 1, 2, 150)))]
    return JPEG, _into_jpeg(b"".join(segments))


def _segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def _into_jpeg(segments: bytes) -> bytes:
    plain = _encoded(_scene(61, 43), JPEG)
    return plain[:2] + segments + plain[2:]


def _bomb(chance: random.Random) -> tuple[str, bytes]:
    """A short file of many pixels, within the limits or just beyond them."""
    side = chance.choice((4000, 8000, 8001, 12000))
    kind = chance.choice(("png", "png", "png-deep", "jpeg", "progressive", "gif", "bmp-rle", "text", "scans"))
    if kind.startswith("png"):
        colour, depth = chance.choice(((0, 1), (0, 8), (2, 8), (3, 8), (4, 8), (6, 8)))
        if kind == "png-deep":
            colour, depth = chance.choice(((0, 16), (2, 16), (6, 16)))
        bits = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour] * depth
        extra = chunk(b"PLTE", bytes(range(256)) * 3) + chunk(b"tRNS", bytes(9)) if colour == 3 else b""
        rows = _rows((side * bits + 7) // 8, chance.choice((side, side, 100)))
        return PNG, png(side, side, colour, rows, depth=depth, interlaced=chance.random() < 0.2, extra=extra)
    if kind == "text":
        text = b"\0".join((b"note", b"", zlib.compress(bytes(200_000_000), 9)))
        name = chance.choice((b"zTXt", b"iCCP"))
        return PNG, png(30, 20, 2, _rows(90, 20), extra=chunk(name, text) * chance.choice((1, 20)))
    if kind == "gif":
        return GIF, _stretched_gif(side, chance)
    if kind == "bmp-rle":
        runs = chance.choice((0, 1000, 3_000_000))
        return BMP, rle_bmp(side, side, chance, rle4=bool(runs) and chance.random() < 0.5, runs=runs)
    return JPEG, _jpeg_bomb(kind, side, chance)


def _stretched_gif(side: int, chance: random.Random) -> bytes:
    data = bytearray(_encoded(_scene(61, 43).convert("P"), GIF))
    struct.pack_into("<HH", data, 6, side, side)
    if chance.random() < 0.7:
        struct.pack_into("<HH", data, _first_frame(bytes(data)) + 5, side, side)
    return bytes(data)


def _first_frame(gif: bytes) -> int:
    """Where the first frame of a GIF without extensions begins."""
    place = 13 + (3 << ((gif[10] & 7) + 1))
    assert gif[place : place + 1] == b","
    return place


def _jpeg_bomb(kind: str, side: int, chance: random.Random) -> bytes:
    mode = chance.choice(("L", "RGB", "CMYK"))
    data = flat_jpeg(min(side, 8000), mode, kind != "jpeg")
    if kind == "scans":  # the last scan again and again
        last = data.rindex(b"\xff\xda")
        scan = data[last:-2]
        return data[:-2] + scan * min(chance.choice((50, 90, 3000)), MAX_BYTES // len(scan)) + data[-2:]
    return data


@lru_cache(maxsize=3)
def flat_jpeg(side: int, mode: str, progressive: bool) -> bytes:
    """A square JPEG of one colour."""
    return _encoded(Image.new(mode, (side, side)), JPEG, progressive=progressive, quality=30)


def _flood(chance: random.Random) -> tuple[str, bytes]:
    """Millions of tiny parts."""
    number = chance.choice((10_000, 100_000, 800_000))
    kind = chance.choice(("fill", "comments", "exif", "chunks", "blocks", "extensions", "frames"))
    if kind == "fill":
        return JPEG, _into_jpeg(b"\xff" * number * 10)
    if kind == "comments":
        return JPEG, _into_jpeg(_segment(0xFE, b"") * number)
    if kind == "exif":
        return JPEG, _into_jpeg(_segment(0xE1, b"Exif\0\0" + bytes(60)) * min(number, 100_000))
    if kind == "chunks":
        return PNG, png(30, 20, 2, _rows(90, 20), extra=chunk(b"teXt", b"") * number)
    plain = _encoded(_scene(61, 43).convert("P"), GIF)
    before_frame = _first_frame(plain)
    flood = {
        "blocks": b"!\xfe" + b"\1x" * number + b"\0",
        "extensions": b"!\xfe\1x\0" * number,
        "frames": plain[before_frame:-1] * (number // 1000),
    }[kind]
    return GIF, plain[:before_frame] + flood + plain[before_frame:]


def _polyglot(chance: random.Random) -> tuple[str, bytes]:
    """Two files in one, or one format's beginning before another's content."""
    format_, data = chance.choice(seeds())
    other = chance.choice(seeds())[1]
    foreign = (
        b"PK\3\4" + bytes(60),
        b"%PDF-1.7\n1 0 obj\n",
        b"<script>alert(1)</script>",
        b"MZ" + bytes(99),
        other,
    )
    stranger = chance.choice(foreign)
    place = chance.choice((len(data), len(data), chance.randrange(2, 40), 0))
    return format_, data[:place] + stranger + data[place:]


def _noise(chance: random.Random) -> tuple[str, bytes]:
    """A right signature before nonsense."""
    signatures = {JPEG: b"\xff\xd8\xff", PNG: b"\x89PNG\r\n\x1a\n", GIF: b"GIF89a", BMP: b"BM"}
    format_ = chance.choice(list(signatures))
    return format_, signatures[format_] + _noise_bytes(chance, chance.choice((0, 1, 10, 100, 100_000)))


#: name: (weight, maker)
MUTATIONS: dict[str, tuple[int, Callable[[random.Random], tuple[str, bytes]]]] = {
    "truncated": (12, _blind(_truncate)),
    "bits flipped": (22, _blind(_flip)),
    "overwritten": (20, _blind(_overwrite)),
    "blocks moved": (12, _blind(_move)),
    "size lies": (12, _size_lie),
    "length lies": (12, _length_lie),
    "EXIF garbage": (5, _exif_garbage),
    "bombs": (1, _bomb),
    "floods of parts": (1, _flood),
    "polyglots": (4, _polyglot),
    "signature + noise": (3, _noise),
}
