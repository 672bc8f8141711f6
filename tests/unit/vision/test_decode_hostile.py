"""Hostile picture files: notes that lie, endless parts, bombs. They cost neither picture, memory nor time."""

from __future__ import annotations

import io
import random
import struct
import subprocess
import sys
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from benchmarks.picture_mutations import MUTATIONS, chunk, flat_jpeg, png
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.vision.decode import MAX_SIDE, WORKING_SIDE, decode_picture
from kaihu_desktop.vision.essence import MOST_PARTS, essence
from kaihu_desktop.vision.exif import orientation

WIDE = Image.new("RGB", (60, 40), (30, 160, 60))
MOST_MEGABYTES = 450


def encoded(picture, format_, **options):
    buffer = io.BytesIO()
    picture.save(buffer, format_, **options)
    return buffer.getvalue()


def segment(marker, content):
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def with_segments(segments):
    plain = encoded(WIDE, "JPEG")
    return plain[:2] + segments + plain[2:]


def tiff(entries, order="<", start=8, count=None):
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", start)
    number = len(entries) if count is None else count
    return head + struct.pack(order + "H", number) + b"".join(entries)


def entry(value, order="<", tag=0x0112, kind=3):
    content = struct.pack(order + "I", value) if kind == 4 else struct.pack(order + "HH", value, 0)
    return struct.pack(order + "HHI", tag, kind, 1) + content


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("kind", [3, 4])
@pytest.mark.parametrize("value", range(1, 9))
def test_the_orientation_is_read(order, kind, value):
    note = tiff([entry(1, order, tag=0x010F), entry(value, order, kind=kind)], order)
    assert orientation(note) == orientation(b"Exif\0\0" + note) == value


BROKEN_NOTES = {
    "nothing": b"",
    "no TIFF": b"hello world",
    "cut off": tiff([entry(6)])[:15],
    "a directory beyond the end": tiff([entry(6)], start=2**31),
    "a directory in the header": tiff([entry(6)], start=0),
    "more tags than there are": tiff([], count=65535),
    "no such orientation": tiff([entry(9)]),
    "zero": tiff([entry(0)]),
}


@pytest.mark.parametrize("kind", BROKEN_NOTES)
def test_a_broken_note_leaves_the_picture_as_it_is(kind):
    assert orientation(BROKEN_NOTES[kind]) == 1
    assert decode_picture(with_segments(segment(0xE1, b"Exif\0\0" + BROKEN_NOTES[kind]))).width == 60


@given(st.binary(max_size=400), st.sampled_from([b"", b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08"]))
def test_any_bytes_have_an_orientation(noise, beginning):
    assert orientation(beginning + noise) in range(1, 9)


def test_a_png_is_turned_by_its_exif_chunk():
    data = png(60, 40, 2, (b"\0" + bytes(180)) * 40, extra=chunk(b"eXIf", tiff([entry(6)])))
    picture = decode_picture(data)
    assert (picture.width, picture.height) == (40, 60)


@pytest.mark.parametrize("text", ['tiff:Orientation="8"', "<tiff:Orientation>8</tiff:Orientation>"])
def test_the_orientation_may_stand_in_xmp_alone(text):
    xmp = f"<x:xmpmeta><rdf:Description {text}/></x:xmpmeta>".encode()
    jpeg = with_segments(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp))
    still = png(
        60, 40, 2, (b"\0" + bytes(180)) * 40, extra=chunk(b"iTXt", b"XML:com.adobe.xmp" + bytes(5) + xmp)
    )
    for data in (jpeg, still):
        assert decode_picture(data).width == 40


def test_exif_goes_before_xmp():
    xmp = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + b'tiff:Orientation="8"')
    assert decode_picture(with_segments(segment(0xE1, b"Exif\0\0" + tiff([entry(1)])) + xmp)).width == 60


def test_notes_profiles_and_thumbnails_never_reach_the_decoder():
    exif, profile = Image.Exif(), bytes(3000)
    exif[0x010F] = "a camera"
    jpeg = encoded(WIDE, "JPEG", exif=exif, icc_profile=profile, comment=b"a comment")
    still = png(60, 40, 2, (b"\0" + bytes(180)) * 40, extra=chunk(b"iCCP", b"x\0\0" + zlib.compress(profile)))
    for format_, data in (("JPEG", jpeg), ("PNG", still)):
        left = essence(data, format_).data
        assert len(left) < len(data)
        assert not any(word in left for word in (b"a camera", b"ICC_PROFILE", b"iCCP", b"a comment"))
        assert (decode_picture(left).image == decode_picture(data).image).all()


def test_an_adobe_segment_stays_for_it_tells_the_colours():
    data = encoded(WIDE.convert("CMYK"), "JPEG")
    assert b"Adobe" in essence(data, "JPEG").data


def with_scans(number):
    data = flat_jpeg(64, "RGB", True)
    last = data.rindex(b"\xff\xda")
    return data[:-2] + data[last:-2] * number + data[-2:]


def gif_with(extensions):
    plain = encoded(WIDE.convert("P"), "GIF")
    place = 13 + (3 << ((plain[10] & 7) + 1))
    return plain[:place] + extensions + plain[place:]


ENDLESS = {
    "scans": with_scans(3000),
    "fill bytes": with_segments(b"\xff" * 9_000_000),
    "segments": with_segments(segment(0xFE, b"") * (MOST_PARTS + 1)),
    "chunks": png(60, 40, 2, (b"\0" + bytes(180)) * 40, extra=chunk(b"teXt", b"") * (MOST_PARTS + 1)),
    "blocks": gif_with(b"!\xfe" + b"\1x" * 3_000_000 + b"\0"),
}


@pytest.mark.parametrize("kind", ENDLESS)
def test_endless_parts_are_damage(kind):
    with pytest.raises(Failure) as failure:
        decode_picture(ENDLESS[kind])
    assert failure.value.code == "PIC-DAMAGED"


def test_what_cameras_and_editors_write_is_not_endless():
    assert decode_picture(with_scans(20)).width == 64
    assert decode_picture(with_segments(segment(0xFE, b"x" * 60_000) * 100)).width == 60
    assert decode_picture(gif_with(b"!\xfe" + (b"\xff" + bytes(255)) * 1000 + b"\0")).width == 60


@pytest.mark.parametrize("size", [(5000, 3000), (4097, 1), (1, 4097), (9000, 4100), (MAX_SIDE, 30)])
def test_a_reduced_picture_keeps_its_content_in_place(size):
    picture = Image.new("RGB", size, (200, 30, 30))
    picture.paste((30, 40, 210), (0, 0, size[0] // 2, size[1]))
    seen = decode_picture(encoded(picture, "PNG")).image
    assert max(seen.shape) == WORKING_SIDE
    factor = max(size) / WORKING_SIDE
    assert seen.shape == (max(1, round(size[1] / factor)), max(1, round(size[0] / factor)), 3)
    assert tuple(seen[-1, -1]) == (30, 30, 200)
    if size[0] > 1:
        assert tuple(seen[0, 0]) == (210, 40, 30)
        assert abs(int((seen[-1, :, 0] > 120).sum()) - seen.shape[1] // 2) <= 1


PROBE = """
import sys
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.vision.decode import decode_picture
data = sys.stdin.buffer.read()
def peak():
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM"))
before = peak()
try:
    print(max(decode_picture(data).image.shape), end=" ")
except Failure as failure:
    print(failure.code, end=" ")
print(peak() - before)
"""

BOMBS = {
    "transparent PNG": (lambda: png(8000, 8000, 6, (b"\0" + bytes(32000)) * 8000), str(WORKING_SIDE)),
    "progressive JPEG": (lambda: flat_jpeg(8000, "CMYK", True), "PIC-TOO-MANY-PIXELS"),
}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize("kind", BOMBS)
def test_the_largest_pictures_that_are_taken_cost_bounded_memory(kind):
    make, expected = BOMBS[kind]
    result = subprocess.run([sys.executable, "-c", PROBE], input=make(), stdout=subprocess.PIPE, check=True)
    outcome, megabytes = result.stdout.decode().split()
    assert outcome == expected
    assert int(megabytes) <= MOST_MEGABYTES


QUICK = [name for name in MUTATIONS if name not in ("bombs", "floods of parts")]


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(st.sampled_from(QUICK), st.integers(0, 2**32))
def test_files_broken_by_those_who_know_the_formats_decode_or_fail_politely(mutation, seed):
    _, data = MUTATIONS[mutation][1](random.Random(seed))
    try:
        picture = decode_picture(data)
    except Failure as failure:
        assert failure.code.startswith("PIC-")
    else:
        assert picture.image.shape[2] == 3 and max(picture.image.shape) <= WORKING_SIDE
