"""Walks a made-up customer through 修改结算账户 over the wire, step by step."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import requests
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from PIL import Image
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers

from tests.sandbox_server import COMPANY, SAMPLE_ID_NUMBER, SandboxServer

CHUNK_TYPE = "application/offset+octet-stream"
CCB_CARD = "6217002430000000019"
STEPS = ("photos", "bank_cards", "certificate_check", "sign")


def picture(colour: str = "white") -> bytes:
    """A small JPEG."""
    buffer = io.BytesIO()
    Image.new("RGB", (640, 400), colour).save(buffer, "JPEG")
    return buffer.getvalue()


class Walk:
    """A customer at a company. token and application are set by `begin`."""

    def __init__(
        self, server: SandboxServer, id_number: str = SAMPLE_ID_NUMBER, company: str = COMPANY
    ) -> None:
        self.server, self.id_number, self.company = server, id_number, company
        self.person = server.customer(id_number)
        self.token = ""
        self.application: dict[str, Any] = {}

    def log_in(self) -> Walk:
        """Logs in."""
        self.token = self.server.login(self.id_number, self.company)
        return self

    def begin(self) -> Walk:
        """Logs in and starts the business."""
        self.log_in()
        answer = self.request("POST", "/applications", json={"business": "settlement-account"})
        assert answer.status_code == 201, answer.text
        self.application = answer.json()
        return self

    def resume(self) -> Walk:
        """Logs in and takes the newest application."""
        self.log_in()
        self.application = self.request("GET", "/applications").json()["items"][0]
        return self

    @property
    def id(self) -> str:
        """The application's id."""
        return str(self.application["id"])

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        """One request as this customer."""
        return self.server.request(method, path, self.token, **options)

    def read(self) -> dict[str, Any]:
        """The application as the server has it."""
        found: dict[str, Any] = self.request("GET", f"/applications/{self.id}").json()
        return found

    def put(self, step: str, answer: dict[str, Any] | None = None, **options: Any) -> requests.Response:
        """Answers a step, with a good answer unless told otherwise."""
        body = getattr(self, step)() if answer is None else answer
        return self.request("PUT", f"/applications/{self.id}/steps/{step}", json=body, **options)

    def through(self, last: str) -> Walk:
        """Answers every step up to and including `last`."""
        for step in STEPS[: STEPS.index(last) + 1]:
            answer = self.put(step)
            assert answer.status_code == 200, answer.text
        return self

    # --- uploads

    def announce(self, kind: str, content: bytes, media_type: str = "image/jpeg") -> requests.Response:
        """Announces a file."""
        digest = hashlib.sha256(content).hexdigest()
        body = {"kind": kind, "media_type": media_type, "size": len(content), "sha256": digest}
        return self.request("POST", "/uploads", json=body)

    def send(self, upload_id: str, content: bytes, offset: int) -> requests.Response:
        """Sends bytes of a file."""
        headers = {"Upload-Offset": str(offset), "Content-Type": CHUNK_TYPE}
        return self.request("PATCH", "/uploads/" + upload_id, data=content, headers=headers)

    def upload(self, kind: str, content: bytes, media_type: str = "image/jpeg") -> str:
        """Uploads a whole file; its id."""
        state = self.announce(kind, content, media_type).json()
        answer = self.send(state["upload_id"], content[state["offset"] :], state["offset"])
        assert answer.json()["complete"], answer.text
        return str(state["upload_id"])

    # --- good answers

    def photos(self) -> dict[str, Any]:
        """Three photos and the fields of the person's ID card."""
        configured = requests.get(f"{self.server.url}/v1/companies/{self.company}", timeout=60).json()
        names = ("name", "sex", "ethnicity", "birth", "address", "id_number")
        names += ("authority", "valid_from", "valid_until")
        kinds = ("id_portrait", "id_emblem", "signature")
        return {
            "photos": {
                kind: {"upload_id": self.upload(kind, picture()), "original_id": None} for kind in kinds
            },
            "fields": {name: self.person[name] for name in names},
            "responsibility_version": configured["certificate_responsibility"]["version"],
        }

    def new_card(self, **changes: Any) -> dict[str, Any]:
        """A card that isn't on record."""
        photo = self.upload("bank_card", picture("navy"))
        card = {"id": None, "bank_code": "CCB", "number": CCB_CARD, "branch": "河南省郑州市样例支行"}
        return {**card, "photo_id": photo, "source": "ocr", **changes}

    def bank_cards(self) -> dict[str, Any]:
        """One new card in place of those on record."""
        return {"cards": [self.new_card()], "notice_accepted": True}

    def certificate_check(self) -> dict[str, Any]:
        """The customer's certificate."""
        return {"certificate": certificate_pem(self.server, self.id_number)}

    @staticmethod
    def signed_with(backup: bytes, password: bytes, document: bytes) -> bytes:
        """`document` signed with the key of a backup file."""
        return _signed(backup, password, document, pades=True)

    def agreements(self) -> list[dict[str, Any]]:
        """The agreements to be signed."""
        items: list[dict[str, Any]] = self.request("GET", f"/applications/{self.id}/agreements").json()[
            "items"
        ]
        return items

    def document(self, agreement_id: str) -> bytes:
        """An agreement as PDF."""
        return self.request("GET", f"/applications/{self.id}/agreements/{agreement_id}/content").content

    def sign(self, signer: str | None = None, **replaced: bytes) -> dict[str, Any]:
        """Every agreement read and signed. signer: id number; replaced: signed copies by agreement id."""
        entries, signed = self.agreements(), []
        for entry in entries:
            copy = replaced.get(entry["id"]) or signed_pdf(
                self.server, signer or self.id_number, self.document(entry["id"])
            )
            upload_id = self.upload("signed_agreement", copy, "application/pdf")
            signed.append({"agreement_id": entry["id"], "upload_id": upload_id})
        read = [
            {"agreement_id": entry["id"], "pages": entry["pages"], "seconds": entry["min_seconds"]}
            for entry in entries
        ]
        return {"signed": signed, "read": read, "consent": True}


def certificate_pem(server: SandboxServer, id_number: str) -> str:
    """The certificate in a customer's backup file."""
    password = server.customer(id_number)["certificate_password"].encode()
    _, certificate, _ = pkcs12.load_key_and_certificates(server.certificate_file(id_number), password)
    assert certificate is not None
    return certificate.public_bytes(Encoding.PEM).decode()


def signed_pdf(server: SandboxServer, id_number: str, document: bytes, pades: bool = True) -> bytes:
    """`document` signed with a customer's certificate, as PAdES or as the older kind of PDF signature."""
    password = server.customer(id_number)["certificate_password"].encode()
    return _signed(server.certificate_file(id_number), password, document, pades)


def _signed(backup: bytes, password: bytes, document: bytes, pades: bool) -> bytes:
    with TemporaryDirectory() as folder:  # pyHanko of the win7 lane reads a certificate from a file only
        path = Path(folder) / "certificate.pfx"
        path.write_bytes(backup)
        signer = signers.SimpleSigner.load_pkcs12(str(path), passphrase=password)
    kind = fields.SigSeedSubFilter.PADES if pades else fields.SigSeedSubFilter.ADOBE_PKCS7_DETACHED
    metadata = signers.PdfSignatureMetadata(field_name="Investor", subfilter=kind, md_algorithm="sha256")
    writer = IncrementalPdfFileWriter(io.BytesIO(document))
    signed: bytes = signers.sign_pdf(writer, metadata, signer=signer).getvalue()
    return signed
