"""Digital certificates: the local store, PKCS#12 files, PAdES signatures and their verification."""

from __future__ import annotations

import logging

# These libraries name certificate subjects, that is persons, in their log lines: none leaves this room.
for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).addHandler(logging.NullHandler())
    logging.getLogger(_name).propagate = False
