"""Arrays that lie in files, and what of them counts as this process's memory."""

import mmap
from typing import Any

import numpy as np
from numpy.typing import NDArray


def let_go(array: NDArray[Any]) -> bool:
    """Lets the system count none of a memory-mapped array as resident; True where it did.

    Reading a row maps its whole neighbourhood, so that a few hundred questions make a gigabyte of
    vectors resident. What was read stays in the system's cache: the next reading is quick, and
    safe at any time. An array in memory, or a system without the call, is left as it is.
    """
    base: Any = array
    while base is not None and not isinstance(base, mmap.mmap):
        if isinstance(base, np.ndarray) and base.flags.writeable:
            return False  # what was written and lies nowhere else would be lost
        base = base.obj if isinstance(base, memoryview) else getattr(base, "base", None)
    advice = getattr(mmap, "MADV_DONTNEED", None)
    if base is None or advice is None or not hasattr(base, "madvise"):
        return False
    base.madvise(advice)
    return True
