"""PKCS#12: what others write is read, what we write others read, and every bad file is a clear failure."""

from __future__ import annotations

import subprocess

import pytest
from asn1crypto import pkcs12 as asn1
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kaihu_desktop.certificates.identity import subject_id_number, subject_name
from kaihu_desktop.certificates.pkcs12 import is_legacy, load, save
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.certificate import MAX_BACKUP_BYTES, ExportProfile
from kaihu_desktop.core.secret import Secret
from tests.unit.certificates.certificate_people import (
    FILE_PASSWORD,
    NAME,
    backup_of,
    needs,
    openssl,
    other_person,
    person,
)

CHINESE_PASSWORD = "期货密码Qh-1"


def failure_code(data, password=FILE_PASSWORD):
    with pytest.raises(Failure) as caught:
        load(data, Secret(password))
    return caught.value.code


@pytest.fixture(scope="module")
def pem_files(tmp_path_factory):
    """The person's key and certificate as OpenSSL takes them."""
    folder = tmp_path_factory.mktemp("pem")
    key = person().key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(key)
    (folder / "certificate.pem").write_bytes(person().certificate.public_bytes(Encoding.PEM))
    return folder


@needs("openssl")
@pytest.mark.parametrize("password", [FILE_PASSWORD, CHINESE_PASSWORD, ""])
@pytest.mark.parametrize(
    ("profile", "legacy"),
    [
        ((), False),
        (("-legacy",), True),
        (("-legacy", "-certpbe", "PBE-SHA1-3DES"), True),
        (("-certpbe", "AES-256-CBC", "-keypbe", "PBE-SHA1-3DES"), True),
        (("-certpbe", "NONE", "-keypbe", "NONE"), True),
        (("-certpbe", "AES-128-CBC", "-macalg", "sha512", "-iter", "10000"), False),
        (("-nomac",), False),
    ],
    ids=["aes", "rc2", "3des", "3des key", "clear", "sha512", "nomac"],
)
def test_reads_what_openssl_writes(pem_files, profile, legacy, password):
    target = pem_files / "backup.p12"
    openssl(
        *("pkcs12", "-export", "-inkey", pem_files / "key.pem", "-in", pem_files / "certificate.pem"),
        *("-name", NAME, "-out", target, "-passout", "stdin", *profile),
        stdin=password,
    )
    credential = load(target.read_bytes(), Secret(password))
    assert credential.certificate == person().certificate
    assert is_legacy(target.read_bytes()) is legacy
    assert failure_code(target.read_bytes(), "not-the-password") == "CERT-PASSWORD"


@needs("keytool")
def test_reads_what_java_writes(tmp_path):
    subject = ("-dname", f"CN={NAME}", "-alias", "backup")
    store = ("-keystore", str(tmp_path / "java.p12"), "-storetype", "PKCS12", "-storepass", FILE_PASSWORD)
    subprocess.run(
        ["keytool", "-genkeypair", "-keyalg", "RSA", *subject, *store],
        check=True,
        capture_output=True,
    )
    assert load((tmp_path / "java.p12").read_bytes(), Secret(FILE_PASSWORD)).chain == ()


@needs("openssl")
@pytest.mark.parametrize("password", [FILE_PASSWORD, CHINESE_PASSWORD])
def test_openssl_reads_what_we_write(tmp_path, password):
    path = tmp_path / "备份.pfx"
    path.write_bytes(save(person(), Secret(password)))
    told = openssl("pkcs12", "-in", path, "-passin", "stdin", "-info", "-noenc", stdin=password)
    assert "MAC: sha256, Iteration 150000" in told
    assert "Shrouded Keybag: PBES2, PBKDF2, AES-256-CBC, Iteration 150000, PRF hmacWithSHA256" in told
    assert told.count("BEGIN CERTIFICATE") == 2
    assert "BEGIN PRIVATE KEY" in told


@needs("openssl")
@pytest.mark.parametrize("password", [FILE_PASSWORD, CHINESE_PASSWORD])
def test_openssl_reads_what_we_write_for_windows_7(tmp_path, password):
    """All is 3DES and SHA-1: what the wizard of Windows 7 itself writes. AES or SHA-256 it doesn't read."""
    path = tmp_path / "备份.pfx"
    path.write_bytes(save(person(), Secret(password), ExportProfile.WINDOWS_7))
    told = openssl("pkcs12", "-in", path, "-passin", "stdin", "-info", "-noenc", "-legacy", stdin=password)
    assert "MAC: sha1, Iteration 2000" in told
    assert "Shrouded Keybag: pbeWithSHA1And3-KeyTripleDES-CBC, Iteration 2000" in told
    assert "PKCS7 Encrypted data: pbeWithSHA1And3-KeyTripleDES-CBC, Iteration 2000" in told
    assert "PBES2" not in told
    assert "Microsoft CSP Name: Microsoft Enhanced RSA and AES Cryptographic Provider" in told
    assert told.count("BEGIN CERTIFICATE") == 2
    assert is_legacy(path.read_bytes())


PROFILES = pytest.mark.parametrize("profile", list(ExportProfile), ids=lambda profile: profile.value)


@needs("keytool")
@PROFILES
def test_java_reads_what_we_write(tmp_path, profile):
    (tmp_path / "ours.p12").write_bytes(save(person(), Secret(FILE_PASSWORD), profile))
    done = subprocess.run(
        ["keytool", "-list", "-keystore", str(tmp_path / "ours.p12"), "-storepass", FILE_PASSWORD],
        check=True,
        capture_output=True,
    )
    assert b"PrivateKeyEntry" in done.stdout


@needs("pk12util")
@PROFILES
def test_nss_reads_what_we_write(tmp_path, profile):
    (tmp_path / "ours.p12").write_bytes(save(person(), Secret(FILE_PASSWORD), profile))
    (tmp_path / "password").write_text(FILE_PASSWORD)
    done = subprocess.run(
        ["pk12util", "-l", str(tmp_path / "ours.p12"), "-w", str(tmp_path / "password")],
        check=True,
        capture_output=True,
    )
    assert NAME in done.stdout.decode("utf-8")


@PROFILES
@pytest.mark.parametrize("credential", [person, other_person], ids=["rsa", "ec"])
def test_a_saved_credential_is_loaded_whole(credential, profile):
    saved = save(credential(), Secret(CHINESE_PASSWORD), profile, rounds=1000)
    loaded = load(saved, Secret(CHINESE_PASSWORD))
    assert loaded.certificate == credential().certificate
    assert loaded.chain == credential().chain
    assert loaded.key.private_numbers() == credential().key.private_numbers()


def test_an_old_program_may_have_encoded_the_password_in_gbk():
    widened = CHINESE_PASSWORD.encode("gbk").decode("latin-1")
    assert load(save(person(), Secret(widened), rounds=1000), Secret(CHINESE_PASSWORD))


def test_the_friendly_name_is_the_persons_name():
    pfx = asn1.Pfx.load(backup_of(person()))
    names = [
        value
        for content in pfx.authenticated_safe
        if content["content_type"].native == "data"
        for bag in asn1.SafeContents.load(content["content"].native)
        for attribute in bag["bag_attributes"]
        if attribute["type"].native == "friendly_name"
        for value in attribute["values"].native
    ]
    assert names == [NAME]


def test_whose_certificate_it_is():
    assert subject_name(person().certificate) == NAME
    assert subject_id_number(person().certificate) == "410101199508130033"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x30",
        b"not a certificate",
        b"%PDF-1.7",
        b"\x30\x80" + bytes(200),
        bytes(MAX_BACKUP_BYTES + 1),
        "证书".encode("gbk") * 100,
    ],
    ids=["empty", "tiny", "text", "pdf", "zeros", "huge", "gbk"],
)
def test_no_certificate_file(data):
    assert failure_code(data) == "CERT-FORMAT"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_truncated_file(share):
    data = backup_of(person())
    assert failure_code(data[: int(len(data) * share)]) == "CERT-FORMAT"


def test_a_file_with_bytes_after_its_end():
    assert failure_code(backup_of(person()) + b"\0" * 10) == "CERT-FORMAT"


def encrypted(key, certificate):
    return serialize_key_and_certificates(
        b"", key, certificate, None, BestAvailableEncryption(FILE_PASSWORD.encode())
    )


def test_a_file_without_a_key():
    assert failure_code(encrypted(None, person().certificate)) == "CERT-NO-KEY"


def test_a_file_with_a_key_that_cannot_sign_agreements():
    key = ed25519.Ed25519PrivateKey.generate()
    assert failure_code(encrypted(key, None)) == "CERT-FORMAT"


def test_a_file_whose_key_has_no_certificate():
    assert failure_code(encrypted(person().key, None)) == "CERT-FORMAT"


def test_a_forged_file_cannot_ask_for_hours_of_work():
    pfx = asn1.Pfx.load(backup_of(person()))
    pfx["mac_data"]["iterations"] = 2**31 - 1
    assert failure_code(pfx.dump(force=True)) == "CERT-FORMAT"


def test_a_forged_file_cannot_ask_for_many_hours_in_small_portions():
    pfx = asn1.Pfx.load(backup_of(person()))
    contents = list(pfx.authenticated_safe)
    algorithm = contents[0]["content"]["encrypted_content_info"]["content_encryption_algorithm"]
    derivation = algorithm["parameters"]
    if algorithm["algorithm"].native == "pbes2":
        derivation = derivation["key_derivation_func"]["parameters"]
    derivation["iteration_count" if "iteration_count" in derivation else "iterations"] = 1_000_000
    safe = asn1.AuthenticatedSafe(contents[:1] * 20)
    pfx["auth_safe"]["content"] = asn1.OctetString(safe.dump(force=True))
    assert failure_code(pfx.dump(force=True)) == "CERT-FORMAT"


def test_a_forged_file_cannot_hide_its_demand_in_a_bag_inside_a_bag():
    pfx = asn1.Pfx.load(backup_of(person()))
    contents = list(pfx.authenticated_safe)
    (key,) = bags = asn1.SafeContents.load(contents[1]["content"].native)
    derivation = key["bag_value"]["encryption_algorithm"]["parameters"]["key_derivation_func"]
    derivation["parameters"]["iteration_count"] = 2**31 - 1
    for _ in range(2):
        bags = asn1.SafeContents([asn1.SafeBag({"bag_id": "safe_contents", "bag_value": bags})])
    contents[1]["content"] = asn1.OctetString(bags.dump(force=True))
    pfx["auth_safe"]["content"] = asn1.OctetString(asn1.AuthenticatedSafe(contents).dump(force=True))
    assert failure_code(pfx.dump(force=True)) == "CERT-FORMAT"


def test_a_derivation_whose_work_is_unknown_is_refused():
    pfx = asn1.Pfx.load(backup_of(person()))
    contents = list(pfx.authenticated_safe)
    algorithm = contents[0]["content"]["encrypted_content_info"]["content_encryption_algorithm"]
    algorithm["parameters"]["key_derivation_func"] = {"algorithm": "1.3.6.1.4.1.11591.4.11"}  # scrypt
    pfx["auth_safe"]["content"] = asn1.OctetString(asn1.AuthenticatedSafe(contents).dump(force=True))
    assert failure_code(pfx.dump(force=True)) == "CERT-FORMAT"


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_mutated_file_is_a_failure_or_harmless(data):
    """A few bytes changed, a piece cut out, doubled or inserted: a clear failure, or the same certificate."""
    original = backup_of(person())
    mutated = bytearray(original)
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(mutated)))
        end = min(len(mutated), start + data.draw(st.integers(0, 40)))
        mutated[start:end] = data.draw(
            st.one_of(st.binary(max_size=40), st.just(bytes(mutated[start:end]) * 2), st.just(b""))
        )
    try:
        credential = load(bytes(mutated), Secret(FILE_PASSWORD))
    except Failure as failure:
        assert failure.code in ("CERT-FORMAT", "CERT-PASSWORD", "CERT-NO-KEY")
    else:
        assert credential.certificate == person().certificate
