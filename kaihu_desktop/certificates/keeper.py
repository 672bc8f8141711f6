"""Keeps credentials on a shelf, and opens them with a password that counts: the base of the store."""

from __future__ import annotations

from typing import Callable, TypeVar

from kaihu_desktop.certificates import pkcs12
from kaihu_desktop.certificates.attempts import TRIES, Attempts, Clock
from kaihu_desktop.certificates.binding import Binding, ScryptCost
from kaihu_desktop.certificates.identity import aware, describe, validity_state
from kaihu_desktop.certificates.records import Record
from kaihu_desktop.certificates.shelves import Shelf
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.certificate import CertificateInfo, CertificateState
from kaihu_desktop.core.secret import Secret

Content = TypeVar("Content")

#: What is said between two tries; the table says that it is locked.
TOO_SOON = "输错后要等一会儿才能再试，这次的密码没有核对"


class Keeper:
    """A shelf with the device secret that its records are bound to."""

    def __init__(self, shelf: Shelf, device_secret: Secret, cost: ScryptCost, clock: Clock) -> None:
        self._shelf = shelf
        self._device_secret = device_secret
        self._cost = cost
        self._clock = clock

    def _bind(self, password: Secret) -> tuple[Binding, Secret]:
        """A new binding and its passphrase, for its caller to wipe. Raises CERT-WEAK-PASSWORD."""
        if not password:
            raise Failure("CERT-WEAK-PASSWORD")
        binding = Binding.new(self._device_secret, self._cost)
        return binding, binding.passphrase(password, self._device_secret)

    def _keep(self, credential: pkcs12.Credential, binding: Binding, passphrase: Secret) -> Record:
        """Put the credential on the shelf, which must be held; it has been read back then."""

        def opens(data: bytes) -> bool:
            try:
                return pkcs12.load(data, passphrase).certificate == credential.certificate
            except Failure:
                return False

        written = pkcs12.save_for_store(credential, passphrase)
        record = Record(credential.certificate, credential.chain, binding, written)
        # Before the change, as nothing may fail after it: what is reported as failed must not have happened.
        self._shelf.set_attempts(record.id, Attempts())
        self._shelf.write(record, opens)
        return record

    def _counted(
        self, record_id: str, binding: Binding, password: Secret, opened: Callable[[Secret], Content | None]
    ) -> Content:
        """What `opened` makes of the passphrase; None means a wrong password. The shelf must be held.

        The try is counted before it is made: ending the program while it is judged saves nobody a try.
        """
        before = self._shelf.attempts(record_id).at(self._clock())
        if before.wait:
            self._shelf.set_attempts(record_id, before)
            raise _refusal(before, "CERT-LOCKED", TOO_SOON)  # this try is not looked at
        after = before.failed(self._clock())
        self._shelf.set_attempts(record_id, after)
        passphrase = binding.passphrase(password, self._device_secret)
        try:
            content = opened(passphrase)
        finally:
            passphrase.wipe()
        if content is None:
            raise _refusal(after, "CERT-PASSWORD")
        self._shelf.set_attempts(record_id, Attempts())
        return content

    def _unlock(self, certificate_id: str, password: Secret) -> pkcs12.Credential:
        """The credential, if the password is right. The shelf must be held."""
        record = self._shelf.read(certificate_id)
        data = record.pkcs12
        if data is None:
            raise Failure("CERT-DAMAGED")

        def opened(passphrase: Secret) -> pkcs12.Credential | None:
            try:
                return pkcs12.load(data or b"", passphrase)
            except Failure:
                return None

        return self._counted(certificate_id, record.binding, password, opened)

    def _describe(self, record: Record) -> CertificateInfo:
        state = validity_state(record.certificate, aware(self._clock().wall))
        return describe(record.certificate, CertificateState.DAMAGED if record.pkcs12 is None else state)


def _refusal(attempts: Attempts, code: str, text: str | None = None) -> Failure:
    """That it is locked, or else what is said while tries are left."""
    if attempts.failures % TRIES == 0:
        return Failure("CERT-LOCKED", wait=attempts.wait)
    return Failure(code, text, remaining=attempts.remaining, wait=attempts.wait or None)
