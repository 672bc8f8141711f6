"""Memory that was freed goes back to the system, also from between blocks that are still in use."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import ctypes, sys
from kaihu_desktop.process_memory import give_back_freed_memory

if sys.argv[1] == "give back":
    give_back_freed_memory()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
libc.free.argtypes = [ctypes.c_void_p]
MEGABYTE, SIZE = 1 << 20, 3 << 20
libc.free(libc.malloc(2 * SIZE))  # from now on glibc by itself keeps blocks up to this size
pictures, others = [], []
for _ in range(40):
    pictures.append(libc.malloc(SIZE))
    others.append(libc.malloc(60_000))  # stays in use beside it
    ctypes.memset(pictures[-1], 1, SIZE)
for picture in pictures:
    libc.free(picture)
resident = int(open("/proc/self/statm").read().split()[1]) * 4096
print(resident // MEGABYTE)
"""


def resident_megabytes(manner: str) -> int:
    command = [sys.executable, "-c", PROGRAM, manner]
    return int(subprocess.run(command, check=True, capture_output=True, timeout=60).stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="about the C library of Linux")
def test_freed_pictures_go_back_to_the_system() -> None:
    assert resident_megabytes("give back") < resident_megabytes("keep") - 60
