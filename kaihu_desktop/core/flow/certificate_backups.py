"""Remembers on this PC that a certificate's backup file exists, so that nobody is reminded to make one."""

from __future__ import annotations

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.ports import Settings
from kaihu_desktop.core.rules.backups import with_backup


def remember_backup(settings: Settings, certificate_id: str) -> None:
    """A backup was made of this certificate, or it was taken in from one. Blocks; raises nothing."""
    try:
        settings.remember(backed_up=with_backup(settings.backed_up, certificate_id))
    except Failure:
        pass  # the reminder comes again, which does no harm
