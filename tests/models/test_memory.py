"""What allocators keep goes back to the system."""

import ctypes
import sys
from pathlib import Path

import pytest

from models import memory

SIZE, COUNT = 4000, 20_000  # 80 MB in pieces too small for mappings of their own


def own():
    """Megabytes of this process that no file backs."""
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Anonymous:"))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="counts memory as Linux does")
def test_freed_pieces_below_one_in_use_are_given_back_and_not_at_every_call(monkeypatch):
    try:
        libc = ctypes.CDLL("libc.so.6")
        libc.malloc_trim  # noqa: B018
    except (OSError, AttributeError):
        pytest.skip("needs glibc")
    libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
    pieces = [libc.malloc(SIZE) for _ in range(COUNT)]
    for piece in pieces:
        ctypes.memset(piece, 1, SIZE)
    for piece in pieces[:-1]:
        libc.free(piece)
    held = own()
    monkeypatch.setattr(memory, "_last", memory.time.monotonic() + 1000)
    memory.give_back()
    assert own() > held - 20, "it was asked a moment ago"
    monkeypatch.setattr(memory, "_last", 0.0)
    memory.give_back()
    assert own() < held - 60
    libc.free(pieces[-1])
