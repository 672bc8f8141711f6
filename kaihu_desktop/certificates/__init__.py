"""Digital certificates: the local store, PKCS#12 files, PAdES signatures and their verification."""

from __future__ import annotations

import logging

# These libraries write names and ID numbers from certificates into their log lines, even at level ERROR.
for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)
