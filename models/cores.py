"""How many cores a thread's work may take."""


def one_core() -> None:
    """Keeps OpenMP's loops, torch's among them, to one core in the calling thread and only there.

    Short work gains little from a second core, and loses hundreds of milliseconds where that core
    is busy and the two must wait for each other. ``torch.set_num_threads`` would do the same, but
    every thread that is started later takes its number over.
    """
    from threadpoolctl import threadpool_limits

    threadpool_limits(1, user_api="openmp")
