"""Where the visible signature goes: as low as there is room, and on no text."""

from __future__ import annotations

import io
import zlib

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageChops
from pyhanko.pdf_utils.reader import PdfFileReader

from kaihu_desktop.certificates.opened import OpenedKey
from kaihu_desktop.certificates.page_room import place_for
from kaihu_desktop.certificates.stamp import HEIGHT, WIDTH
from tests.unit.certificates.certificate_people import Watch, other_person, person

PAGE = (595, 842)
CORNER = (595 - 24 - WIDTH, 24, 595 - 24, 24 + HEIGHT)
FULL = range(40, 800, 15)


def pdf_with(content, xobjects=b"", page=b""):
    """One A4 page with this content stream."""
    data = zlib.compress(content)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>",
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R >>"
        b" /XObject << /X1 6 0 R >> >> %s >>" % page,
        b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(data), data),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        xobjects or b"null",
    ]
    body, offsets = b"%PDF-1.7\n", []
    for number, written in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, written)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"trailer\n<< /Size 7 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(body)
    return body + b"xref\n0 7\n0000000000 65535 f \n" + table + trailer


def lines_at(*heights, size=11):
    """A line of text at the left margin at each height."""
    shown = b" ".join(b"1 0 0 1 60 %d Tm (a line of text) Tj" % height for height in heights)
    return b"BT /F1 %d Tf %s ET" % (size, shown)


def place_in(pdf):
    page = PdfFileReader(io.BytesIO(pdf)).root["/Pages"]["/Kids"][0]
    return place_for(page, WIDTH, HEIGHT)


def bottom_in(content, **parts):
    left, bottom, right, top = place_in(pdf_with(content, **parts))
    assert (left, right, top) == (CORNER[0], CORNER[2], bottom + HEIGHT)
    return bottom


def test_an_empty_page_and_one_whose_text_is_above():
    assert place_in(pdf_with(b"")) == CORNER
    assert place_in(pdf_with(lines_at(760, 740, 120))) == CORNER


def test_above_the_number_at_the_foot_of_the_page():
    assert 40 + 9 < bottom_in(lines_at(760, 400, 40, size=9)) < 60


def test_in_the_gap_that_is_wide_enough():
    assert 300 + 11 <= bottom_in(lines_at(760, *range(400, 500, 20), *range(30, 310, 30))) < 400 - HEIGHT


def test_a_full_page_gets_it_in_the_corner():
    assert place_in(pdf_with(lines_at(*FULL))) == CORNER


@pytest.mark.parametrize(
    "content",
    [
        b"BT /F1 11 Tf 60 80 Td (one) Tj 0 -20 Td (two) Tj 0 -20 Td [(thr) -20 (ee)] TJ ET",
        b"BT /F1 11 Tf 20 TL 60 100 Td (one) ' (two) ' (three) ' ET",
        b"BT /F1 11 Tf 60 100 Td 0 -20 TD (one) Tj T* (two) Tj T* (three) Tj ET",
        b"q 0.5 0 0 0.5 0 0 cm BT /F1 22 Tf 1 0 0 1 120 160 Tm (one) Tj 1 0 0 1 120 80 Tm (two) Tj ET Q",
        b"BT /F1 1 Tf 11 0 0 11 60 80 Tm (a \\) \\( (nested) string \\\\) Tj 11 0 0 11 60 40 Tm <41> Tj ET",
        b"q 400 0 0 60 60 20 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \x28 EI Q",
        b"% (a comment\nBT /F1 11 Tf 60 80 Td /P << /MCID 0 >> BDC (one) Tj EMC 0 -40 Td (two) Tj ET",
    ],
    ids=["Td", "quote", "T*", "scaled", "strings", "inline picture", "marked"],
)
def test_every_way_to_place_text_is_understood(content):
    assert 80 + 6 <= bottom_in(content) < 110


def test_what_is_restored_is_restored():
    assert place_in(pdf_with(b"q 1 0 0 1 0 -700 cm Q " + lines_at(760))) == CORNER


def test_pictures_and_nested_content_count():
    picture = (
        b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray"
    )
    picture += b" /Length 1 >>\nstream\n0\nendstream"
    assert bottom_in(b"q 500 0 0 50 40 30 cm /X1 Do Q", xobjects=picture) == 86
    assert bottom_in(b"q 100 0 0 50 40 30 cm /X1 Do Q", xobjects=picture) == 24  # beside it
    content = lines_at(760, 10)
    form = b"<< /Type /XObject /Subtype /Form /BBox [0 0 595 842] /Matrix [1 0 0 1 0 30] /Length %d >>\n"
    form = form % len(content) + b"stream\n" + content + b"\nendstream"
    assert 50 < bottom_in(b"/X1 Do", xobjects=form) < 60


@pytest.mark.parametrize(
    "content", [b"(never ended", b"/X9 Do", b"Tf", b"1 0 cm", b"\xff" * 50, b"q " * 9 + b"Q"]
)
def test_what_can_not_be_read_gets_it_in_the_corner(content):
    assert place_in(pdf_with(content)) == CORNER


def test_a_form_that_contains_itself_ends():
    form = b"<< /Type /XObject /Subtype /Form /BBox [0 0 1 1] /Resources << /XObject << /X1 6 0 R >> >>"
    assert place_in(pdf_with(b"/X1 Do", form + b" /Length 6 >>\nstream\n/X1 Do\nendstream")) == CORNER


@given(st.binary(max_size=200))
def test_no_page_makes_it_stumble(content):
    left, bottom, right, top = place_in(pdf_with(content))
    assert 0 <= left < right <= PAGE[0] and 24 <= bottom < top <= PAGE[1] - 24


def test_a_second_signature_stands_above_the_first_even_on_a_full_page():
    pdf = pdf_with(lines_at(*FULL))
    for credential in (person(), other_person()):
        pdf = OpenedKey(credential, Watch()).sign_pdf(pdf)
    page = PdfFileReader(io.BytesIO(pdf)).root["/Pages"]["/Kids"][0]
    first, second = ([float(value) for value in one.get_object()["/Rect"]] for one in page["/Annots"])
    assert first[1] == 24
    assert second[1] >= first[3] + 6


def test_a_page_of_reportlab_keeps_its_text_readable():
    """A page as agreements have it: what pdfium reads of it is nowhere under the stamp."""
    drawing = pytest.importorskip("reportlab.pdfgen.canvas", reason="the sandbox's, not on Python 3.8")
    written = io.BytesIO()
    canvas = drawing.Canvas(written, pagesize=PAGE, invariant=1)
    canvas.drawCentredString(PAGE[0] / 2, 37, "page 1 of 1")
    text = canvas.beginText(68, 760)
    for number in range(20):
        text.textLine(f"A line of the agreement, number {number}, that goes to the right margin of the page")
    canvas.drawText(text)
    canvas.save()
    left, bottom, right, top = place_in(written.getvalue())
    page = pypdfium2.PdfDocument(written.getvalue())[0].get_textpage()
    assert page.get_text_bounded(left, bottom, right, top).strip() == ""
    assert bottom < 60


def test_on_a_page_that_is_shown_turned_it_stands_upright_at_the_bottom_right():
    pictures = [lower_right(pdf_with(b"", page=b"/Rotate %d" % turn)) for turn in (0, 90, 180, 270)]
    assert min(pictures[0].tobytes()) < 100
    for other in pictures[1:]:
        difference = ImageChops.difference(pictures[0].reduce(10), other.reduce(10))
        assert difference.getextrema()[1] < 40  # about 20; 90 where it stands on its head


def lower_right(pdf):
    """What a signed page shows where the stamp should be, without the time and the certificate's number."""
    document = pypdfium2.PdfDocument(OpenedKey(person(), Watch()).sign_pdf(pdf))
    document.init_forms()
    shown = document[0].render(scale=2, may_draw_forms=True).to_pil().convert("L")
    right, bottom = shown.width - 2 * 24, shown.height - 2 * 24
    return shown.crop((right - 2 * WIDTH, bottom - 2 * HEIGHT, right, bottom - 2 * HEIGHT + 50))


def test_on_a_turned_page_it_covers_no_text():
    """The text goes up the page, so that it is read from left to right where the page lies on its side."""
    foot = b"BT /F1 11 Tf 0 1 -1 0 540 60 Tm (At the foot of the turned page) Tj ET"
    pdf = pdf_with(foot, page=b"/Rotate 90")
    left, bottom, right, top = place_in(pdf)
    assert right <= 540 - 11
    assert (right - left, top - bottom) == (HEIGHT, WIDTH)


@pytest.mark.parametrize("turn", [b"45", b"/X", b"[90]", b"360", b"null"])
def test_what_is_no_turn_turns_nothing(turn):
    assert place_in(pdf_with(b"", page=b"/Rotate " + turn)) == CORNER
