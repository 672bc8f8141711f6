"""What somebody without the key could make of a signed PDF: each forgery is found.

The attacks are those of "1 Trillion Dollar Refund" (CCS 2019), "Shadow Attacks" (NDSS 2021) and "Attacks on
PDF Certification" (S&P 2021), as far as they can be carried out against a PAdES signature.
"""

from __future__ import annotations

import io

import pypdfium2
import pytest
from asn1crypto import keys
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import timestamps
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from kaihu_desktop.certificates.opened import OpenedKey
from kaihu_desktop.certificates.pades import sign_pdf
from kaihu_desktop.certificates.pdf_verification import verify_pdf
from kaihu_desktop.certificates.trust import to_asn1
from tests.unit.certificates.certificate_people import (
    NOW,
    OTHER_ID_NUMBER,
    OTHER_NAME,
    Authority,
    Watch,
    authority,
    other_person,
    person,
    small_pdf,
)

FORGED = b"BT /F1 14 Tf 60 760 Td (Forged) Tj ET"
TEXT = 5  # number of the object that holds the first page's text: see `small_pdf`


def sign(document, credential=None):
    return OpenedKey(credential or person(), Watch()).sign_pdf(document)


@pytest.fixture(scope="module")
def signed():
    return sign(small_pdf())


def code_of(data):
    return verify_pdf(data, authority().pem).code


def shown(data):
    """What a person reads on the first page."""
    return pypdfium2.PdfDocument(data)[0].get_textpage().get_text_range()


def indirect(number, content):
    return b"%d 0 obj\n%s\nendobj\n" % (number, content)


def forged_text():
    return indirect(TEXT, b"<< /Length %d >>\nstream\n%s\nendstream" % (len(FORGED), FORGED))


def last_table(data):
    """Where the last cross-reference table stands."""
    return int(data[data.rindex(b"startxref") :].split()[1])


def revised(data, *objects):
    """`data` with one more revision that holds these (number, bytes)."""
    table, added = b"xref\n", b""
    for number, content in objects:
        table += b"%d 1\n%010d 00000 n \n" % (number, len(data) + len(added))
        added += content
    root = PdfFileReader(io.BytesIO(data)).trailer.raw_get("/Root").idnum
    trailer = b"trailer\n<< /Size 100 /Root %d 0 R /Prev %d >>\n" % (root, last_table(data))
    return data + added + table + trailer + b"startxref\n%d\n%%%%EOF\n" % (len(data) + len(added))


def escaped(value):
    marks = {b: b"\\" + bytes([b]) for b in b"()\\"}
    return b"".join({**marks, 13: b"\\r"}.get(byte, bytes([byte])) for byte in value)


def wrapped(signed):
    """Another text; the old signature again, its value so long that the lengths add up to the whole file."""
    (embedded,) = PdfFileReader(io.BytesIO(signed)).embedded_regular_signatures
    ranges = [int(number) for number in embedded.byte_range]
    value = embedded.pkcs7_content.rstrip(b"\0")
    missing = 0
    while True:
        content = b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached"
        content += b" /ByteRange [%d %d %d %d] /Contents (" % tuple(ranges)
        content += escaped(value) + b"\0" * missing + b") >>"
        number = embedded.sig_object.container_ref.idnum
        made = revised(signed, (TEXT, forged_text()), (number, indirect(number, content)))
        rest = ranges[1] + ranges[3] + 2 * (len(value) + missing) + 2 - len(made)
        if rest >= 0:
            return made + b"\n" * rest
        missing += (1 - rest) // 2


def test_an_old_signature_wrapped_in_a_new_revision_is_found(signed):
    forged = wrapped(signed)
    assert "Forged" in shown(forged)
    assert code_of(forged) == "SIGN-DOCUMENT"


def test_a_signature_that_was_replaced_by_the_same_is_found(signed):
    """The value as it was, so that it fits the gap; only the revision is another."""
    (embedded,) = PdfFileReader(io.BytesIO(signed)).embedded_regular_signatures
    number = embedded.sig_object.container_ref.idnum
    start = signed.index(b"%d 0 obj" % number)
    again = signed[start : signed.index(b"endobj", start)] + b"endobj\n"
    forged = revised(signed, (TEXT, forged_text()), (number, again))
    assert "Forged" in shown(forged)
    assert code_of(forged) == "SIGN-DOCUMENT"


@pytest.mark.parametrize(
    "appended",
    [
        lambda signed: b"hello",
        lambda signed: forged_text(),
        lambda signed: forged_text() + b"startxref\n%d\n%%%%EOF\n" % last_table(signed),
        lambda signed: (
            revised(signed, (TEXT, forged_text()))[len(signed) :]
            + b"startxref\n%d\n%%%%EOF\n" % last_table(signed)
        ),
    ],
    ids=["bytes", "an object", "an object and the old table", "a revision and the old table"],
)
def test_what_was_appended_is_told_even_if_this_reader_does_not_show_it(signed, appended):
    """Another reader may: how a file with two ends is read is nowhere laid down."""
    assert code_of(signed + appended(signed)) == "SIGN-DOCUMENT"


def with_form():
    """A document with a text field that can be filled in, and that field's number."""
    writer = IncrementalPdfFileWriter(io.BytesIO(small_pdf()))
    page = writer.root["/Pages"]["/Kids"][0]
    field = generic.DictionaryObject(
        {
            pdf_name("/FT"): pdf_name("/Tx"),
            pdf_name("/T"): generic.pdf_string("amount"),
            pdf_name("/V"): generic.pdf_string("100"),
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/Widget"),
            pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (60, 600, 260, 620))),
        }
    )
    reference = writer.add_object(field)
    form = generic.DictionaryObject({pdf_name("/Fields"): generic.ArrayObject([reference])})
    page[pdf_name("/Annots")] = generic.ArrayObject([reference])
    writer.root[pdf_name("/AcroForm")] = writer.add_object(form)
    writer.update_container(page)
    writer.update_root()
    return written(writer)


def written(writer):
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def filled_in(signed):
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    field = writer.root["/AcroForm"]["/Fields"][0]
    field[pdf_name("/V")] = generic.pdf_string("100000")
    writer.update_container(field)
    return written(writer)


def test_a_form_filled_in_after_signing_is_a_change():
    signed = sign(with_form())
    assert code_of(signed) is None
    assert code_of(filled_in(signed)) == "SIGN-DOCUMENT"


def test_a_form_filled_in_between_two_signatures_is_a_change():
    signed = sign(filled_in(sign(with_form())), other_person())
    first, second = verify_pdf(signed, authority().pem).signatures
    assert (first.intact, second.intact) == (False, True)


def test_an_empty_signature_field_that_covers_the_text_is_a_change(signed):
    """Its appearance could show anything."""
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    append_signature_field(writer, SigFieldSpec("Cover", on_page=0, box=(50, 700, 550, 800)))
    assert code_of(written(writer)) == "SIGN-DOCUMENT"


def test_a_second_signature_of_a_stranger_is_not_believed(signed):
    both = sign(signed, Authority("别家中心").issue())
    first, second = verify_pdf(both, authority().pem).signatures
    assert (first.code, second.code) == (None, "CERT-UNTRUSTED")


def test_a_chain_below_a_persons_own_certificate_is_not_believed():
    """Whoever has a certificate of the authority could else issue others in any name."""
    holder = person()
    pretended = Authority(key=holder.key)
    pretended.certificate = holder.certificate
    pretended._name = holder.certificate.subject
    assert code_of(sign(small_pdf(), pretended.issue(OTHER_NAME, OTHER_ID_NUMBER))) == "CERT-UNTRUSTED"


def test_a_timestamp_made_with_a_persons_own_certificate_proves_nothing():
    """Trusted for signing, not for telling the time; the client that would refuse it isn't the forger's."""
    holder = person()
    der = holder.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    service = timestamps.DummyTimeStamper(
        to_asn1(holder.certificate),
        keys.PrivateKeyInfo.load(der),
        certs_to_embed=[to_asn1(authority().certificate)],
    )
    with_key = OpenedKey(holder, Watch())
    verdict = verify_pdf(sign_pdf(small_pdf(), with_key, NOW, timestamper=service), authority().pem)
    assert (verdict.code, verdict.signatures[0].proven_at) == ("SIGN-TIME", None)
