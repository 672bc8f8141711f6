"""Leaves out tests of the server's own code where its libraries can't be: in the Python 3.8 lane."""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore = [] if find_spec("fastapi") else ["test_signatures.py"]
