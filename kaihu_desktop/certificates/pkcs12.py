"""Reads and writes PKCS#12 files (RFC 7292), the .p12 and .pfx of certificate backups."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import warnings
from dataclasses import dataclass, field
from typing import Any, Iterator, NamedTuple, Union

from asn1crypto import core
from asn1crypto import pkcs12 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat, PublicFormat
from cryptography.hazmat.primitives.serialization import pkcs12 as openssl

from kaihu_desktop.certificates.identity import UNPARSABLE, describe, subject_name
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.certificate import MAX_BACKUP_BYTES, CertificateState, ExportProfile
from kaihu_desktop.core.secret import Secret

SigningKey = Union[RSAPrivateKey, EllipticCurvePrivateKey]

#: A forged file may ask for hours of work, also by many keys; the usual writers stay below 1,000,000 each for
#: the key, the certificates and the MAC. In all:
MAX_ITERATIONS = 6_000_000
UNSUPPORTED = "不支持这种证书文件的加密方式"
MAC_DIGESTS = frozenset({"md5", "sha1", "sha224", "sha256", "sha384", "sha512"})
#: For a password that people choose. .NET refuses files of more than 600,000 rounds in total, which are
#: the key's, the certificates' and the MAC's.
EXPORT_ROUNDS = 150_000
#: For a passphrase that carries 256 bits of its own.
STORE_ROUNDS = 2_048


class Encryption(NamedTuple):
    """How a file is encrypted: the key and the certificates, the MAC, and the rounds of each derivation.

    provider: which of its key stores Windows is to put an RSA key into; empty leaves that to Windows.
    """

    content: openssl.PBES
    mac: HashAlgorithm
    rounds: int
    provider: str = ""


#: The provider of the older kind whose keys sign with SHA-256, for programs of the old and the new interface.
#: By default an RSA key goes to "Microsoft Enhanced Cryptographic Provider v1.0", which doesn't know SHA-256.
RSA_AND_AES_PROVIDER = "Microsoft Enhanced RSA and AES Cryptographic Provider"
KEY_PROVIDER_NAME = "1.3.6.1.4.1.311.17.1"  # szOID_PKCS_12_KEY_PROVIDER_NAME_ATTR of wincrypt.h
#: The second is what the wizard of Windows 7 writes; Windows before 10 version 1709 reads nothing else.
ENCRYPTIONS = {
    ExportProfile.MODERN: Encryption(openssl.PBES.PBESv2SHA256AndAES256CBC, SHA256(), EXPORT_ROUNDS),
    ExportProfile.WINDOWS_7: Encryption(
        openssl.PBES.PBESv1SHA1And3KeyTripleDESCBC,
        SHA1(),  # noqa: S303
        2_000,
        RSA_AND_AES_PROVIDER,
    ),
}
STORE_ENCRYPTION = Encryption(openssl.PBES.PBESv2SHA256AndAES256CBC, SHA256(), STORE_ROUNDS)
#: The content encryptions that aren't called weak; all others are of another time.
STRONG_CIPHERS = frozenset({"aes128_cbc", "aes192_cbc", "aes256_cbc"})


@dataclass(frozen=True)
class Credential:
    """A private key with its certificate and the issuers' certificates that came with it."""

    key: SigningKey = field(repr=False)
    certificate: x509.Certificate = field(repr=False)
    chain: tuple[x509.Certificate, ...] = field(repr=False)


def load(data: bytes, password: Secret) -> Credential:
    """The credential in a PKCS#12 file; the old 3DES and RC2 files are read as well.

    Raises CERT-PASSWORD, CERT-NO-KEY, or CERT-FORMAT for all that is no such file or demands absurd work.
    """
    _check_structure(data)
    for candidate in _password_bytes(password):
        try:
            key, certificate, others = _load(data, candidate)
        except _WrongPassword:
            continue
        return _credential(key, certificate, others)
    raise Failure("CERT-PASSWORD")


def is_legacy(data: bytes) -> bool:
    """Whether the file that `load` has read has a key or certificates under a weak encryption or none."""
    pfx = asn1.Pfx.load(data, strict=True)
    return not all(_is_strong(algorithm) for algorithm in _encryptions(pfx))


def save(
    credential: Credential,
    password: Secret,
    profile: ExportProfile = ExportProfile.MODERN,
    rounds: int | None = None,
) -> bytes:
    """The credential as a PKCS#12 file for other programs; `rounds` instead of the profile's.

    The friendly name is the person's name, which stands in clear in such files.
    """
    encryption = ENCRYPTIONS[profile]
    name = _friendly_name(credential.certificate).encode("utf-8")
    return _save(credential, password, encryption._replace(rounds=rounds or encryption.rounds), name)


def save_for_store(credential: Credential, passphrase: Secret) -> bytes:
    """The credential as a PKCS#12 file that names nobody, under a passphrase of 256 bits."""
    return _save(credential, passphrase, STORE_ENCRYPTION, b"")


def _save(credential: Credential, password: Secret, encryption: Encryption, name: bytes) -> bytes:
    builder = (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(encryption.rounds)
        .key_cert_algorithm(encryption.content)
        .hmac_hash(encryption.mac)
    )
    data = openssl.serialize_key_and_certificates(
        name or None,
        credential.key,
        credential.certificate,
        credential.chain,
        builder.build(password.reveal()),
    )
    pfx = asn1.Pfx.load(data, strict=True)
    if encryption.provider and isinstance(credential.key, RSAPrivateKey):
        _name_provider(pfx, encryption.provider)
    return _with_strong_mac(pfx, password, encryption)


class _WrongPassword(Exception):
    pass


def _load(data: bytes, password: bytes | None) -> tuple[Any, x509.Certificate | None, list[x509.Certificate]]:
    with warnings.catch_warnings():
        # Serial numbers of zero and the like are the issuer's fault, no reason to refuse the person.
        warnings.simplefilter("ignore")
        try:
            return openssl.load_key_and_certificates(data, password)
        except ValueError as error:
            # The structure was sound, so a failing MAC means another password; all else is a broken content.
            if "password" in str(error).lower():
                raise _WrongPassword from error
            raise Failure("CERT-FORMAT") from error
        except UNPARSABLE as error:
            raise Failure("CERT-FORMAT") from error


def _credential(key: Any, certificate: x509.Certificate | None, others: list[x509.Certificate]) -> Credential:
    if key is None:
        raise Failure("CERT-NO-KEY")
    if not isinstance(key, (RSAPrivateKey, EllipticCurvePrivateKey)):
        raise Failure("CERT-FORMAT", "不支持这种证书的密钥类型")
    try:
        if certificate is None or _public_bytes(certificate) != _public_bytes(key):
            raise Failure("CERT-FORMAT", "证书文件里的证书与私钥不匹配")
        describe(certificate, CertificateState.USABLE)  # fields are decoded when asked for: find damage here
        return Credential(key, certificate, tuple(others))
    except UNPARSABLE as error:
        raise Failure("CERT-FORMAT") from error


def _public_bytes(holder: Any) -> bytes:
    key: bytes = holder.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return key


def _password_bytes(password: Secret) -> Iterator[bytes | None]:
    """The password as the writer of the file may have encoded it.

    The standard wants UTF-8 (PBES2) or BMPString, for which OpenSSL takes UTF-8. Programs on OpenSSL 1.0
    widened each byte of the local encoding instead: GBK on a Chinese Windows, UTF-8 elsewhere. An empty
    password has two encodings.
    """
    value = password.reveal()
    yield value
    if not value:
        yield None
    if not value.isascii():
        for encoding in ("gbk", "utf-8"):
            try:
                yield password.reveal_text().encode(encoding).decode("latin-1").encode("utf-8")
            except UnicodeError:
                continue


def _check_structure(data: bytes) -> None:
    """Raises CERT-FORMAT unless `data` is a whole PKCS#12 structure with affordable key derivations."""
    if not 0 < len(data) <= MAX_BACKUP_BYTES:
        raise Failure("CERT-FORMAT")
    try:
        demanded = list(_iterations(asn1.Pfx.load(data, strict=True)))
    except Failure:
        raise
    except Exception as error:  # asn1crypto raises whatever its lazy parsing stumbles over
        raise Failure("CERT-FORMAT") from error
    if min(demanded, default=1) < 1 or sum(demanded) > MAX_ITERATIONS:
        raise Failure("CERT-FORMAT")


def _iterations(pfx: Any) -> Iterator[int]:
    """What each key derivation of the file demands that can be seen from outside."""
    mac = pfx["mac_data"]
    if mac.native is not None:
        if mac["mac"]["digest_algorithm"]["algorithm"].native not in MAC_DIGESTS:
            raise Failure("CERT-FORMAT", UNSUPPORTED)
        yield mac["iterations"].native
    for algorithm in _encryptions(pfx):
        if algorithm is not None:
            yield from _iterations_of(algorithm)


def _encryptions(pfx: Any) -> Iterator[Any]:
    """The algorithm of each encrypted content and key that can be seen from outside, None for a clear one."""
    for content in pfx.authenticated_safe:
        kind = content["content_type"].native
        if kind == "encrypted_data":
            yield content["content"]["encrypted_content_info"]["content_encryption_algorithm"]
        elif kind == "data":
            yield from _key_encryptions(asn1.SafeContents.load(content["content"].native))


def _key_encryptions(bags: Any) -> Iterator[Any]:
    for bag in bags:
        kind = bag["bag_id"].native
        if kind == "pkcs8_shrouded_key_bag":
            yield bag["bag_value"]["encryption_algorithm"]
        elif kind == "key_bag":
            yield None
        elif kind == "safe_contents":
            yield from _key_encryptions(bag["bag_value"])


def _is_strong(algorithm: Any) -> bool:
    if algorithm is None or algorithm["algorithm"].native != "pbes2":
        return False
    return algorithm["parameters"]["encryption_scheme"]["algorithm"].native in STRONG_CIPHERS


def _iterations_of(algorithm: Any) -> Iterator[int]:
    parameters = algorithm["parameters"]
    if algorithm["algorithm"].native == "pbes2":
        derivation = parameters["key_derivation_func"]
        if derivation["algorithm"].native != "pbkdf2":  # scrypt, whose time OpenSSL doesn't bound
            raise Failure("CERT-FORMAT", UNSUPPORTED)
        parameters = derivation["parameters"]
    for name in ("iterations", "iteration_count"):
        if name in parameters:
            yield parameters[name].native


def _friendly_name(certificate: x509.Certificate) -> str:
    """The person's name as a BMPString can hold it: characters beyond the first plane become 〓."""
    return "".join(character if ord(character) < 0x10000 else "〓" for character in subject_name(certificate))


def _name_provider(pfx: Any, provider: str) -> None:
    """Write beside the key which of its key stores Windows is to put it into."""
    safe = asn1.AuthenticatedSafe.load(pfx["auth_safe"]["content"].native)
    for content in safe:
        if content["content_type"].native == "data":
            bags = asn1.SafeContents.load(content["content"].native)
            for bag in bags:
                bag["bag_attributes"].append(
                    asn1.Attribute({"type": KEY_PROVIDER_NAME, "values": [core.BMPString(provider)]})
                )
            content["content"] = core.OctetString(bags.dump(force=True))
    pfx["auth_safe"]["content"] = core.OctetString(safe.dump(force=True))


def _with_strong_mac(pfx: Any, password: Secret, encryption: Encryption) -> bytes:
    """The same file with a MAC of as many iterations as the rest.

    The library writes a MAC of one iteration, against which a password could be guessed at full speed.
    """
    salt = secrets.token_bytes(16)
    digest = encryption.mac.name
    key = _mac_key(password, salt, encryption)
    mac = hmac.new(key, pfx["auth_safe"]["content"].native, digest).digest()
    pfx["mac_data"] = {
        "mac": {"digest_algorithm": {"algorithm": digest}, "digest": mac},
        "mac_salt": salt,
        "iterations": encryption.rounds,
    }
    written: bytes = pfx.dump(force=True)
    return written


def _mac_key(password: Secret, salt: bytes, encryption: Encryption) -> bytes:
    """The MAC key of RFC 7292 appendix B.2; one digest suffices: no steps 6 B and C."""
    block = 64  # v: the block size of SHA-1 and SHA-256 in bytes
    text = password.reveal_text().encode("utf-16-be") + b"\0\0"
    digest = bytes([3]) * block + _repeated(salt, block) + _repeated(text, block)
    for _ in range(encryption.rounds):
        digest = hashlib.new(encryption.mac.name, digest).digest()
    return digest


def _repeated(value: bytes, block: int) -> bytes:
    """`value` over and over, filling whole blocks."""
    length = -(-len(value) // block) * block
    return (value * (length // len(value) + 1))[:length]
