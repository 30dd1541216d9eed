"""For all tests: two of them run at a time, so that each takes one core alone."""

import os

if "PYTEST_XDIST_WORKER" in os.environ:
    # Read when torch, FAISS or numba are first imported; two threads each would wait for one
    # another on two cores, which takes twice as long as one each. Children inherit it.
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    # The other worker is busy at all times: a child that lets it go first would hardly run.
    os.environ.setdefault("CONTRASTIVE_EXPLORER_NICENESS", "0")
