"""Sets an agreement as a PDF of several pages with an embedded Chinese font."""

from __future__ import annotations

import functools
import io
from collections.abc import Callable
from dataclasses import dataclass
from xml.sax.saxutils import escape

from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

from kaihu_desktop.sandbox.agreement_texts import AgreementText
from kaihu_desktop.sandbox.specimens.fonts import NoFont, find_font

FACE = "agreement"
FALLBACK_FACE = "agreement-fallback"  # for characters of a name that the first face lacks


@dataclass(frozen=True)
class Made:
    """A finished PDF."""

    content: bytes
    pages: int


def make(text: AgreementText, filling: dict[str, str]) -> Made:
    """Sets `text`; the same text and filling give the same bytes on the same machine.

    filling: name, masked_id, company, hotline, number, date.
    """
    _register_faces()
    title, heading, plain = _styles()
    story = [Paragraph(_markup(text.title), title)]
    for paragraph in text.paragraphs:
        is_heading = paragraph.startswith("# ")
        words = paragraph.removeprefix("# ").format(**filling)
        story.append(Paragraph(_markup(words), heading if is_heading else plain))
    story.append(Spacer(1, 10 * mm))
    for line in ("签署人：{name}", "证件号码：{masked_id}", "业务编号：{number}", "生成日期：{date}"):
        story.append(Paragraph(_markup(line.format(**filling)), plain))
    story.append(Paragraph("（本页以下无正文。电子签名附于本文件之中，可用通用软件验证。）", plain))
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        leftMargin=24 * mm,
        rightMargin=24 * mm,
        topMargin=26 * mm,
        bottomMargin=24 * mm,
        title=text.title,
        author=filling["company"],
        lang="zh-CN",
        invariant=1,
    )
    furniture = functools.partial(_furniture, filling["company"], text.title)
    document.build(story, onFirstPage=functools.partial(_first_page, furniture), onLaterPages=furniture)
    return Made(buffer.getvalue(), document.page)


def _styles() -> tuple[ParagraphStyle, ParagraphStyle, ParagraphStyle]:
    plain = ParagraphStyle(
        "plain",
        fontName=FACE,
        fontSize=11.5,
        leading=22,
        firstLineIndent=23,
        spaceAfter=4,
        wordWrap="CJK",
        alignment=TA_JUSTIFY,
    )
    heading = ParagraphStyle("heading", plain, fontSize=13, firstLineIndent=0, spaceBefore=10, keepWithNext=1)
    title = ParagraphStyle(
        "title", plain, fontSize=19, leading=32, firstLineIndent=0, alignment=TA_CENTER, spaceAfter=12
    )
    return title, heading, plain


def _first_page(furniture: Callable[..., None], canvas: Canvas, document: SimpleDocTemplate) -> None:
    """Adds an empty form too: what a signature adds to a form can be told from other changes."""
    form = PDFDictionary({"Fields": PDFArray([])})
    canvas._doc.Catalog.AcroForm = canvas._doc.Reference(form, "form")
    furniture(canvas, document)


def _furniture(company: str, title: str, canvas: Canvas, document: SimpleDocTemplate) -> None:
    canvas.saveState()
    canvas.setFont(FACE, 9)
    canvas.setFillGray(0.45)
    canvas.drawString(24 * mm, A4[1] - 16 * mm, company)
    canvas.drawRightString(A4[0] - 24 * mm, A4[1] - 16 * mm, title)
    canvas.drawCentredString(A4[0] / 2, 13 * mm, f"第 {document.page} 页 · 样例文件，仅供演示")
    canvas.setStrokeGray(0.8)
    canvas.line(24 * mm, A4[1] - 18 * mm, A4[0] - 24 * mm, A4[1] - 18 * mm)
    canvas.restoreState()


@functools.cache
def _register_faces() -> None:
    """Registers the TrueType Chinese faces of this machine; reportlab can't embed CFF outlines (Noto CJK)."""
    found: list[str] = []
    for variant in range(6):
        path = str(find_font("regular", 12, "协议", variant).path)
        if path in found:
            continue
        name = (FACE, FALLBACK_FACE)[len(found)]
        try:
            pdfmetrics.registerFont(TTFont(name, path, subfontIndex=0))
        except TTFError:
            continue
        found.append(path)
        if len(found) == 2:
            return
    if not found:
        raise NoFont("no TrueType Chinese font to embed; install fonts-wqy-microhei")


def _markup(text: str) -> str:
    """Escapes `text` and gives characters that only the fallback face has to that face."""
    faces = [
        pdfmetrics.getFont(name)
        for name in (FACE, FALLBACK_FACE)
        if name in pdfmetrics.getRegisteredFontNames()
    ]
    parts = []
    for character in text:
        lacking = ord(character) not in faces[0].face.charToGlyph
        if lacking and len(faces) > 1 and ord(character) in faces[1].face.charToGlyph:
            parts.append(f'<font name="{FALLBACK_FACE}">{escape(character)}</font>')
        else:
            parts.append(escape(character))
    return "".join(parts)
