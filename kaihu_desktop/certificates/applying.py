"""The way to a new certificate: a key pair, kept before anything is sent, and the certificate for it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Callable, Sequence

from cryptography import x509

from kaihu_desktop.certificates import pending
from kaihu_desktop.certificates.identity import aware, key_id, subject_id_number, subject_name
from kaihu_desktop.certificates.keeper import Keeper
from kaihu_desktop.certificates.pkcs12 import Credential
from kaihu_desktop.certificates.records import Record, Request
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.certificate import CertificateInfo, PendingCertificate
from kaihu_desktop.core.secret import Secret

#: Whether a request is one that may be continued.
Fits = Callable[[Request], bool]


class Applying(Keeper):
    """Requests, and certificates that are installed for them; see `CertificateStore` for the contract."""

    def pending(self, id_number: str) -> PendingCertificate | None:
        wanted = id_number.strip().upper()
        return next(map(pending.describe_request, self._open_requests(_application_of(wanted))), None)

    def begin(
        self, name: str, id_number: str, key_bits: int, password: Secret, new: bool = False
    ) -> PendingCertificate:
        subject = pending.subject_of(name, id_number)
        of_person = _application_of(id_number.strip().upper())

        def fits(request: Request) -> bool:
            return request.csr.subject == subject and pending.key_bits(request) >= key_bits

        with self._shelf.exclusive():
            for request in self._open_requests(of_person):
                if new or not fits(request):
                    self._shelf.delete_request(request.id)
        request, key = self._continue_or_make(of_person, subject, key_bits, password)
        if key is None:
            with self._shelf.exclusive():
                self._unlock_request(request, password)
        return pending.describe_request(request)

    def begin_renewal(
        self, certificate_id: str, password: Secret, key_bits: int
    ) -> tuple[PendingCertificate, bytes]:
        def of_certificate(request: Request) -> bool:
            return request.renews == certificate_id

        with self._shelf.exclusive():
            old = self._unlock(certificate_id, password)
            subject = pending.subject_of(subject_name(old.certificate), subject_id_number(old.certificate))
            for request in self._open_requests(of_certificate):
                # The certificate has just opened, so another password here is an older one.
                short = pending.key_bits(request) < key_bits
                if short or self._opened_request(request, password) is None:
                    self._shelf.delete_request(request.id)
        request, _ = self._continue_or_make(of_certificate, subject, key_bits, password, certificate_id)
        return pending.describe_request(request), pending.sign_request(old.key, request)

    def install(
        self,
        pending_id: str,
        password: Secret,
        certificate_pem: str,
        chain_pems: Sequence[str],
        trust_anchors: bytes,
    ) -> CertificateInfo:
        certificate, chain = pending.parse_issued(certificate_pem, chain_pems)
        request = self._request(pending_id)
        pending.check_issued(certificate, chain, request, trust_anchors, aware(self._clock().wall))
        with self._shelf.exclusive():
            key = self._unlock_request(self._request(pending_id), password)
            binding, passphrase = self._bind(password)
            try:
                record = self._keep(Credential(key, certificate, chain), binding, passphrase)
            finally:
                passphrase.wipe()
            self._sweep_requests()
        return self._describe(record)

    def discard(self, pending_id: str) -> None:
        with self._shelf.exclusive():
            self._shelf.delete_request(pending_id)

    def _continue_or_make(
        self, fits: Fits, subject: x509.Name, key_bits: int, password: Secret, renews: str | None = None
    ) -> tuple[Request, Any]:
        """The request that is there, else a new one with its key: read back, before anything is sent.

        Making takes seconds, in which the shelf isn't held: another process may have been faster.
        """
        found = next(iter(self._open_requests(fits)), None)
        if found:
            return found, None
        binding, passphrase = self._bind(password)
        try:
            key = pending.make_key(key_bits)
            moment = aware(self._clock().wall)
            request = pending.make_request(key, subject, moment, renews, binding, passphrase)
            with self._shelf.exclusive():
                found = next(iter(self._open_requests(fits)), None)
                if found:
                    return found, None
                self._write_request(request, passphrase)
        finally:
            passphrase.wipe()
        return request, key

    def _open_requests(self, fits: Fits) -> list[Request]:
        """The requests that fit and aren't done with.

        One whose certificate is on the shelf was cut off between the keeping and its own removal.
        """
        found = [request for request in self._shelf.requests() if fits(request)]
        done = self._installed_keys() if found else set()
        return sorted((one for one in found if one.id not in done), key=lambda one: one.created_at)

    def _installed_keys(self) -> set[str]:
        keys = set()
        for certificate_id in self._shelf.ids():
            try:
                record = self._shelf.read(certificate_id)
            except Failure:
                continue
            if record.pkcs12 is not None:
                keys.add(key_id(record.certificate.public_key()))
        return keys

    def _sweep_requests(self) -> None:
        """Remove the requests that are done with, also of an installation that was cut off; hold the shelf.

        Such a request holds a key that is in use, under the password of that time.
        """
        done = self._installed_keys()
        with suppress(OSError):  # done with all the same: the next change tries again
            for request in self._shelf.requests():
                if request.id in done:
                    self._shelf.delete_request(request.id)

    def _forget_requests_of(self, certificate_id: str, record: Record | None) -> None:
        """Remove what must not stay when the certificate goes: its renewals, and the request that led to it.

        record: None if it can't be read. The shelf must be held.
        """
        led = key_id(record.certificate.public_key()) if record else None
        for request in self._shelf.requests():
            if request.renews == certificate_id or request.id == led:
                self._shelf.delete_request(request.id)

    def _change_renewals(self, certificate_id: str, password: Secret, new_password: Secret) -> None:
        """Let the renewals of a certificate follow its new password. The shelf must be held.

        The password has been changed, which must not be reported as failed: a renewal that can't follow is
        begun anew.
        """
        for request in self._open_requests(lambda request: request.renews == certificate_id):
            key = self._opened_request(request, password)
            if key is None:
                continue
            binding, passphrase = self._bind(new_password)
            try:
                with suppress(OSError, Failure):
                    self._write_request(
                        request.bound(binding, pending.encrypt_key(key, passphrase)), passphrase
                    )
            finally:
                passphrase.wipe()

    def _write_request(self, request: Request, passphrase: Secret) -> None:
        self._shelf.write_request(request, lambda data: pending.open_key(data, passphrase) is not None)

    def _request(self, request_id: str) -> Request:
        for request in self._shelf.requests():
            if request.id == request_id:
                return request
        raise Failure("CERT-NOT-FOUND")

    def _unlock_request(self, request: Request, password: Secret) -> Any:
        """The request's key, if the password is right. The shelf must be held."""
        return self._counted(
            request.id,
            request.binding,
            password,
            lambda passphrase: pending.open_key(request.key, passphrase),
        )

    def _opened_request(self, request: Request, password: Secret) -> Any | None:
        """The same without counting, for a password that has just proved right elsewhere."""
        passphrase = request.binding.passphrase(password, self._device_secret)
        try:
            return pending.open_key(request.key, passphrase)
        finally:
            passphrase.wipe()


def _application_of(id_number: str) -> Fits:
    """Applications of this person; a renewal is found by the certificate that it renews."""
    return lambda request: request.renews is None and subject_id_number(request.csr) == id_number
