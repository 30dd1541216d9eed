"""How many cores a thread's work may take."""

from contextlib import AbstractContextManager
from functools import cache
from typing import Any


def one_core() -> None:
    """Keeps OpenMP's loops, torch's among them, to one core in the calling thread and only there.

    Short work gains little from a second core, and loses hundreds of milliseconds where that core
    is busy and the two must wait for each other. ``torch.set_num_threads`` would do the same, but
    every thread that is started later takes its number over.
    """
    from threadpoolctl import threadpool_limits

    threadpool_limits(1, user_api="openmp")


def one_blas_thread() -> AbstractContextManager[Any]:
    """Holds NumPy's matrix products to one thread while it lasts.

    Small ones gain little from a second thread, and beside a training run that has all cores they
    would wait for it ten times as long.
    """
    limited: AbstractContextManager[Any] = _blas().limit(limits=1)
    return limited


@cache
def _blas() -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas")
