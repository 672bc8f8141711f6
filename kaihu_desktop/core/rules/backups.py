"""Which certificates a backup was once made of: remembered without anything that names a certificate."""

from __future__ import annotations

import hashlib

#: More than anybody has; the oldest are forgotten first.
MOST = 100
DIGITS = 16


def has_backup(known: str, certificate_id: str) -> bool:
    """Whether `known`, the setting, tells of a backup of this certificate."""
    return _mark(certificate_id) in known.split()


def with_backup(known: str, certificate_id: str) -> str:
    """The setting after a backup of this certificate was made."""
    mark = _mark(certificate_id)
    return " ".join([*(one for one in known.split() if one != mark), mark][-MOST:])


def _mark(certificate_id: str) -> str:
    """Whoever has the certificate can tell by it that it is meant; nobody else learns anything."""
    return hashlib.sha256(f"backed up {certificate_id}".encode("ascii")).hexdigest()[:DIGITS]
