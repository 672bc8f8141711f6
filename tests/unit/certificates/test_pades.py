"""Signing: poppler and pyHanko judge what we sign; we judge what was changed."""

from __future__ import annotations

import io
import os
import subprocess
from datetime import datetime, timedelta, timezone

import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer

from kaihu_desktop.certificates.pdf_verification import verify_pdf
from kaihu_desktop.certificates.stamp import HEIGHT, WIDTH, draw_stamp
from kaihu_desktop.certificates.store import MemoryCertificateStore
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.secret import Secret
from tests.unit.certificates.certificate_people import (
    CHEAP,
    NAME,
    NOW,
    OTHER_NAME,
    PASSWORD,
    YEAR,
    Authority,
    Watch,
    authority,
    failure_of,
    keep,
    needs,
    other_person,
    person,
    small_pdf,
    start_python,
)

REASON = "本人已阅读并同意"


def signed_by(credential, *documents, watch=None):
    store = MemoryCertificateStore(CHEAP, watch) if watch else MemoryCertificateStore(CHEAP)
    return store.sign_pdf(keep(store, credential), Secret(PASSWORD), documents, reason=REASON)


@pytest.fixture(scope="module")
def signed():
    return signed_by(person(), small_pdf())[0]


def poppler(data, tmp_path, *options):
    (tmp_path / "协议.pdf").write_bytes(data)
    done = subprocess.run(["pdfsig", *options, str(tmp_path / "协议.pdf")], capture_output=True, check=False)
    return done.stdout.decode("utf-8")


@needs("pdfsig")
@pytest.mark.parametrize(
    ("credential", "name"), [(person, NAME), (other_person, OTHER_NAME)], ids=["rsa", "ec"]
)
def test_poppler_calls_it_valid_and_names_the_signer(tmp_path, credential, name):
    told = poppler(signed_by(credential(), small_pdf())[0], tmp_path, "-nocert")
    assert f"Signer Certificate Common Name: {name}" in told
    assert "Signature Type: ETSI.CAdES.detached" in told
    assert "Signing Hash Algorithm: SHA-256" in told
    assert "Total document signed" in told
    assert "Signature Validation: Signature is Valid." in told


@needs("pdfsig", "certutil")
def test_poppler_trusts_the_chain(signed, tmp_path):
    database = tmp_path / "nss"
    database.mkdir()
    (tmp_path / "root.pem").write_bytes(authority().pem)
    certutil = ["certutil", "-d", f"sql:{database}"]
    subprocess.run([*certutil, "-N", "--empty-password"], check=True)
    subprocess.run(
        [*certutil, "-A", "-n", "root", "-t", "CT,C,C", "-i", str(tmp_path / "root.pem")], check=True
    )
    told = poppler(signed, tmp_path, "-nssdir", str(database))
    assert "Certificate Validation: Certificate is Trusted." in told


def test_our_own_verdict(signed):
    verdict = verify_pdf(signed, authority().pem)
    assert (verdict.intact, verdict.trusted, verdict.code) == (True, True, None)
    assert verdict.signer_name == NAME
    assert abs(verdict.signed_at - datetime.now(timezone.utc)) < timedelta(minutes=10)
    (signature,) = verdict.signatures
    assert signature.signer_id_number_masked == "410101********0033"
    assert signature.issuer == "演示证书认证中心"


def test_the_reason_and_the_name_are_in_the_file(signed):
    (embedded,) = PdfFileReader(io.BytesIO(signed)).embedded_regular_signatures
    assert (embedded.sig_object["/Name"], embedded.sig_object["/Reason"]) == (NAME, REASON)


def test_the_document_itself_is_unchanged(signed):
    assert signed.startswith(small_pdf())


def test_all_documents_are_signed_with_one_password_and_progress_is_told():
    store = MemoryCertificateStore(CHEAP)
    told = []
    signed = store.sign_pdf(
        keep(store, person()),
        Secret(PASSWORD),
        (small_pdf(pages) for pages in (1, 2, 3)),
        lambda done, total: told.append((done, total)),
    )
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert all(verify_pdf(data, authority().pem).intact for data in signed)


def test_signing_is_cancelled_by_the_progress():
    class Cancelled(Exception):
        pass

    def cancel(done, total):
        raise Cancelled

    store = MemoryCertificateStore(CHEAP)
    certificate_id = keep(store, person())
    with pytest.raises(Cancelled):
        store.sign_pdf(certificate_id, Secret(PASSWORD), [small_pdf()] * 3, cancel)


def test_a_closed_certificate_signs_no_more():
    store = MemoryCertificateStore(CHEAP)
    with store.open(keep(store, person()), Secret(PASSWORD)) as opened:
        assert opened.sign_pdf(small_pdf())
    with pytest.raises(ValueError):
        opened.sign_pdf(small_pdf())


def test_a_wrong_password_signs_nothing():
    store = MemoryCertificateStore(CHEAP)
    certificate_id = keep(store, person())
    assert failure_of(store.sign_pdf, certificate_id, Secret("000000"), [small_pdf()]).code == "CERT-PASSWORD"


def test_two_people_sign_one_document(signed, tmp_path):
    (both,) = signed_by(other_person(), signed)
    verdict = verify_pdf(both, authority().pem)
    assert [signature.signer_name for signature in verdict.signatures] == [NAME, OTHER_NAME]
    assert (verdict.intact, verdict.trusted) == (True, True)


@pytest.mark.parametrize("share", [0.02, 0.2, 0.5])
def test_a_flipped_byte_is_found(signed, tmp_path, share):
    place = int(len(small_pdf()) * share)
    changed = signed[:place] + bytes([signed[place] ^ 1]) + signed[place + 1 :]
    assert judged(changed) in ("SIGN-DOCUMENT", "SIGN-NONE")


def judged(data):
    try:
        return verify_pdf(data, authority().pem).code
    except Failure as failure:
        return failure.code


@needs("pdfsig")
def test_poppler_finds_the_flipped_byte_too(signed, tmp_path):
    place = signed.index(b"page 1 of")
    changed = signed[:place] + b"P" + signed[place + 1 :]
    assert judged(changed) == "SIGN-DOCUMENT"
    assert "Digest Mismatch" in poppler(changed, tmp_path, "-nocert")


def test_a_text_added_after_signing_is_found(signed):
    """An incremental update that replaces the first page's text, as a forger would append it."""
    text = b"BT /F1 14 Tf 60 760 Td (Forged) Tj ET"
    start = len(signed)
    addition = b"5 0 obj\n<< /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (len(text), text)
    previous = signed[signed.rindex(b"startxref") :].split()[1]
    table = b"xref\n5 1\n%010d 00000 n \n" % start
    root = PdfFileReader(io.BytesIO(signed)).trailer.raw_get("/Root").idnum
    trailer = b"trailer\n<< /Size 100 /Root %d 0 R /Prev %s >>\nstartxref\n%d\n%%%%EOF\n"
    forged = signed + addition + table + trailer % (root, previous, start + len(addition))
    assert "Forged" in pypdfium2.PdfDocument(forged)[0].get_textpage().get_text_range()
    assert judged(forged) == "SIGN-DOCUMENT"


def test_a_stranger_is_not_trusted(signed):
    verdict = verify_pdf(signed, Authority("别家中心").pem)
    assert (verdict.intact, verdict.trusted, verdict.code) == (True, False, "CERT-UNTRUSTED")


def test_without_anchors_trust_is_not_judged(signed):
    verdict = verify_pdf(signed, b"")
    assert (verdict.intact, verdict.trusted, verdict.code) == (True, None, None)


def test_a_signature_outlives_its_certificate(signed):
    assert verify_pdf(signed, authority().pem, NOW + 5 * YEAR).code is None


def test_a_certificate_that_had_expired_when_it_signed():
    watch = Watch()
    expired = authority().issue(not_before=NOW - 2 * YEAR, not_after=NOW - YEAR)
    watch.wall -= 1.5 * YEAR.total_seconds()  # a PC whose clock is wrong: pyHanko takes the real time
    (signed,) = signed_by(expired, small_pdf(), watch=watch)
    verdict = verify_pdf(signed, authority().pem)
    assert (verdict.intact, verdict.code) == (True, "CERT-EXPIRED")


def test_an_unsigned_document():
    verdict = verify_pdf(small_pdf(), authority().pem)
    assert (verdict.intact, verdict.trusted, verdict.code) == (False, False, "SIGN-NONE")


@pytest.mark.parametrize("zone", ["CST-8", "Nowhere/Land", ""])
def test_any_time_zone_will_do(zone, tmp_path):
    script = """
    from tests.unit.certificates.test_pades import authority, person, signed_by, small_pdf, verify_pdf
    verdict = verify_pdf(signed_by(person(), small_pdf())[0], authority().pem)
    print(verdict.code, verdict.signed_at.tzinfo is not None)
    """
    process = start_python(script, env={**os.environ, "TZ": zone})
    assert process.communicate()[0].split() == ["None", "True"]


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_mutated_document_is_never_called_sound(signed, data):
    """A piece of the signed part changed, cut out or doubled: found, or no readable document at all."""
    end = signed.index(b"/Contents <") if b"/Contents <" in signed else len(signed) // 2
    start = data.draw(st.integers(0, end - 41))
    piece = signed[start : start + data.draw(st.integers(1, 40))]
    other = data.draw(st.one_of(st.binary(max_size=40), st.just(piece * 2)))
    changed = signed[:start] + other + signed[start + len(piece) :]
    if changed != signed:
        assert judged(changed) in ("SIGN-DOCUMENT", "SIGN-NONE")


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"hello", small_pdf()[:300]])
def test_what_is_no_document_is_neither_signed_nor_verified(data):
    assert failure_of(verify_pdf, data, b"").code == "SIGN-DOCUMENT"
    assert failure_of(signed_by, person(), data).code == "SIGN-DOCUMENT"


@pytest.mark.parametrize("password", ["", "secret"], ids=["to be read by anybody", "with a password"])
def test_an_encrypted_document_is_not_signed_and_that_is_told(password):
    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(small_pdf())))
    writer.encrypt("owner", password)
    output = io.BytesIO()
    writer.write(output)
    failure = failure_of(signed_by, person(), output.getvalue())
    assert (failure.code, failure.text) == ("SIGN-DOCUMENT", "协议文件设有密码，无法签署")


# the visible signature


def test_the_stamp_is_on_the_last_page_at_the_bottom_right(signed):
    document = pypdfium2.PdfDocument(signed)
    document.init_forms()
    ink = [darkest(document[number], (595 - 24 - WIDTH, 24, 595 - 24, 24 + HEIGHT)) for number in range(2)]
    assert ink[0] == 255
    assert ink[1] < 100


def darkest(page, box):
    """The darkest grey inside the box (left, bottom, right, top), in points."""
    image = page.render(scale=2, may_draw_forms=True).to_pil().convert("L")
    left, bottom, right, top = box
    return image.crop((2 * left, image.height - 2 * top, 2 * right, image.height - 2 * bottom)).getextrema()[
        0
    ]


def test_the_stamp_writes_name_and_beijing_time():
    moment = NOW.replace(hour=1)
    stamp = draw_stamp(NAME, moment, "1f")
    assert stamp.size == (WIDTH * 4, HEIGHT * 4)
    assert stamp.tobytes() != draw_stamp(OTHER_NAME, moment, "1f").tobytes()
    assert stamp.tobytes() == draw_stamp(NAME, moment.astimezone(), "1f").tobytes()


def test_a_very_long_name_stays_inside_the_stamp():
    stamp = draw_stamp("阿" * 60, NOW, "f" * 40)
    margin = stamp.crop((stamp.width - 20, 8, stamp.width - 8, stamp.height - 8))
    assert margin.getextrema() == (255, 255)


@pytest.mark.parametrize("name", ["张翀", "张䶮", "张𠅤", "张𬎆", "鿏", "张\ue863"])
def test_rare_characters_are_signed_and_verified(name):
    """Extensions A, B and E, characters of 2014, and the private ones of old Chinese systems."""
    (signed,) = signed_by(authority().issue(name, key=person().key), small_pdf())
    verdict = verify_pdf(signed, authority().pem)
    assert (verdict.code, verdict.trusted, verdict.signer_name) == (None, True, name)


def test_a_name_that_no_font_can_write_is_signed_without_a_stamp():
    unwritable = "张\U000f0000"
    assert draw_stamp(unwritable, NOW, "1f") is None
    (signed,) = signed_by(authority().issue(unwritable, key=person().key), small_pdf())
    assert verify_pdf(signed, authority().pem).code is None


def test_no_log_line_names_a_person(signed, caplog):
    caplog.set_level(0)
    verify_pdf(signed, Authority("别家中心").pem)
    text = caplog.text + "".join(str(record.exc_info) for record in caplog.records)
    assert NAME not in text
    assert "410101199508130033" not in text
