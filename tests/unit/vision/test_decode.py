"""Decoding pictures: every bad input has its own failure, and every good one comes out upright and BGR."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.vision.decode import MAX_BYTES, WORKING_SIDE, decode_picture, encode_jpeg, read_picture

RED, GREEN, BLUE = (220, 30, 30), (30, 200, 40), (30, 40, 210)


def corner_marked(width=60, height=40):
    """Red at the top left, green at the top right, blue at the bottom left, grey elsewhere."""
    picture = Image.new("RGB", (width, height), (128, 128, 128))
    picture.paste(RED, (0, 0, 16, 16))
    picture.paste(GREEN, (width - 16, 0, width, 16))
    picture.paste(BLUE, (0, height - 16, 16, height))
    return picture


def encoded(picture, format_, **options):
    buffer = io.BytesIO()
    picture.save(buffer, format_, **options)
    return buffer.getvalue()


def png_claiming(width, height, body=b""):
    def chunk(kind, content):
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(body))
        + chunk(b"IEND", b"")
    )


def close_to(pixel, rgb, tolerance=30):
    return np.abs(pixel.astype(int) - np.array(rgb[::-1])).max() <= tolerance


JPEG = encoded(corner_marked(), "JPEG", quality=95)
PNG = encoded(corner_marked(), "PNG")


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "BMP", "GIF"])
@pytest.mark.parametrize("name", ["card.jpg", "card.png", "card", "card.docx"])
def test_the_four_formats_are_known_by_content(format_, name):
    picture = decode_picture(encoded(corner_marked(), format_), name)
    assert picture.format == format_
    assert (picture.width, picture.height, picture.scale) == (60, 40, 1.0)
    assert picture.image.shape == (40, 60, 3) and picture.image.dtype == np.uint8
    assert close_to(picture.image[5, 5], RED)
    assert close_to(picture.image[5, -5], GREEN)
    assert close_to(picture.image[-5, 5], BLUE)


BAD = {
    "zero bytes": (b"", "PIC-EMPTY"),
    "over 10 MB": (JPEG + bytes(MAX_BYTES), "PIC-TOO-LARGE"),
    "a PDF": (b"%PDF-1.7\n...", "PIC-FORMAT"),
    "a TIFF": (encoded(corner_marked(), "TIFF"), "PIC-FORMAT"),
    "a WebP": (b"RIFF\x24\0\0\0WEBPVP8 ", "PIC-FORMAT"),
    "a program": (b"MZ\x90\0" * 50, "PIC-FORMAT"),
    "zeros": (bytes(5000), "PIC-DAMAGED"),
    "half a JPEG": (JPEG[: len(JPEG) // 2], "PIC-DAMAGED"),
    "a JPEG's first bytes": (JPEG[:20], "PIC-DAMAGED"),
    "half a PNG": (PNG[: len(PNG) // 2], "PIC-DAMAGED"),
    "half a BMP": (encoded(corner_marked(), "BMP")[:2000], "PIC-DAMAGED"),
    "a GIF's header": (encoded(corner_marked(), "GIF")[:14], "PIC-DAMAGED"),
    "a PNG with a broken checksum": (PNG[:60] + bytes([PNG[60] ^ 255]) + PNG[61:], "PIC-DAMAGED"),
    "a PNG without pixels": (png_claiming(0, 10), "PIC-DAMAGED"),
    "a PNG with too few pixels": (png_claiming(200, 200), "PIC-DAMAGED"),
    "30000 × 30000": (png_claiming(30000, 30000), "PIC-TOO-MANY-PIXELS"),
    "a long strip": (png_claiming(16001, 10), "PIC-TOO-MANY-PIXELS"),
    "a huge GIF": (b"GIF89a" + struct.pack("<HHBBB", 60000, 60000, 0, 0, 0) + b";", "PIC-TOO-MANY-PIXELS"),
    "a huge BMP": (
        b"BM" + bytes(12) + struct.pack("<Iii", 40, 30000, -30000) + bytes(60),
        "PIC-TOO-MANY-PIXELS",
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_input_has_its_own_failure(kind):
    data, code = BAD[kind]
    with pytest.raises(Failure) as failure:
        decode_picture(data, "card.jpg")
    assert failure.value.code == code


MEMORY_PROBE = """
import resource, sys
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.vision.decode import decode_picture
data = sys.stdin.buffer.read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    decode_picture(data)
    print("decoded", end=" ")
except Failure as failure:
    print(failure.code, end=" ")
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the resource module is POSIX only")
def test_a_bomb_costs_no_memory():
    bomb = png_claiming(30000, 30000, bytes(1_000_000))
    result = subprocess.run(
        [sys.executable, "-c", MEMORY_PROBE], input=bomb, stdout=subprocess.PIPE, check=True
    )
    code, megabytes = result.stdout.decode().split()
    assert code == "PIC-TOO-MANY-PIXELS"
    assert int(megabytes) < 20


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied(orientation):
    upright = corner_marked()
    undo = {
        2: [Image.Transpose.FLIP_LEFT_RIGHT],
        3: [Image.Transpose.ROTATE_180],
        4: [Image.Transpose.FLIP_TOP_BOTTOM],
        5: [Image.Transpose.TRANSPOSE],
        6: [Image.Transpose.ROTATE_90],
        7: [Image.Transpose.TRANSVERSE],
        8: [Image.Transpose.ROTATE_270],
    }
    stored = upright
    for turn in undo.get(orientation, []):
        stored = stored.transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = decode_picture(encoded(stored, "JPEG", quality=95, exif=exif))
    assert (picture.width, picture.height) == (60, 40)
    assert close_to(picture.image[5, 5], RED)
    assert close_to(picture.image[5, -5], GREEN)
    assert close_to(picture.image[-5, 5], BLUE)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")  # Pillow tells, and goes on
def test_broken_exif_does_not_cost_the_picture():
    data = encoded(corner_marked(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff garbage")
    assert decode_picture(data).width == 60


def test_cmyk_keeps_its_colours():
    picture = decode_picture(encoded(corner_marked().convert("CMYK"), "JPEG", quality=95))
    assert close_to(picture.image[5, 5], RED, 60) and close_to(picture.image[-5, 5], BLUE, 60)


def test_transparent_parts_are_white():
    clear = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    clear.paste((200, 0, 0, 255), (0, 0, 10, 20))
    image = decode_picture(encoded(clear, "PNG")).image
    assert close_to(image[5, 15], (255, 255, 255)) and close_to(image[5, 5], (200, 0, 0))


def test_a_transparent_palette_colour_is_white():
    picture = Image.new("P", (20, 20), 0)
    picture.putpalette([0, 0, 0, 200, 0, 0])
    picture.paste(1, (0, 0, 10, 20))
    image = decode_picture(encoded(picture, "GIF", transparency=0)).image
    assert close_to(image[5, 15], (255, 255, 255)) and close_to(image[5, 5], (200, 0, 0))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P"])
def test_other_pixel_modes_become_bgr(mode):
    image = decode_picture(encoded(corner_marked().convert(mode), "PNG")).image
    assert image.shape == (40, 60, 3)


def test_sixteen_bit_grey_keeps_its_brightness():
    values = np.full((20, 20), 40000, np.uint16)
    image = decode_picture(encoded(Image.fromarray(values), "PNG")).image
    assert close_to(image[5, 5], (155, 155, 155), 3)


def test_an_animation_shows_its_first_frame():
    frames = [Image.new("RGB", (20, 20), colour) for colour in (RED, GREEN, BLUE)]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert close_to(decode_picture(data).image[5, 5], RED)


def test_a_large_picture_is_reduced_and_remembers_its_size():
    picture = decode_picture(encoded(Image.new("RGB", (6000, 3000), GREEN), "JPEG"))
    assert (picture.width, picture.height) == (6000, 3000)
    assert max(picture.image.shape) <= WORKING_SIDE
    assert picture.scale == pytest.approx(picture.image.shape[1] / 6000)


def test_jpeg_carries_no_metadata():
    data = encode_jpeg(np.full((30, 40, 3), 99, np.uint8))
    assert b"Exif" not in data and Image.open(io.BytesIO(data)).size == (40, 30)


def test_a_chinese_path_is_read(tmp_path):
    path = tmp_path / "身份证 正面.jpg"
    path.write_bytes(JPEG)
    assert read_picture(path).width == 60


@pytest.mark.parametrize("name", ["missing.jpg", "."])
def test_an_unreadable_path(tmp_path, name):
    with pytest.raises(Failure) as failure:
        read_picture(os.path.join(str(tmp_path), name))
    assert failure.value.code == "PIC-UNREADABLE"


SEEDS = [JPEG, PNG, encoded(corner_marked(), "BMP"), encoded(corner_marked(), "GIF")]


@pytest.mark.filterwarnings("ignore::UserWarning")  # what Pillow remarks on the way to its verdict
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(
    seed=st.sampled_from(SEEDS),
    changes=st.lists(st.tuples(st.integers(0, 20000), st.integers(0, 255)), max_size=12),
    cut=st.integers(0, 20000),
)
def test_mutated_pictures_decode_or_fail_politely(seed, changes, cut):
    data = bytearray(seed[: cut % len(seed) + 1] if cut % 3 == 0 else seed)
    for position, value in changes:
        data[position % len(data)] = value
    try:
        picture = decode_picture(bytes(data))
    except Failure as failure:
        assert failure.code.startswith("PIC-")
    else:
        assert picture.image.ndim == 3 and picture.image.dtype == np.uint8
