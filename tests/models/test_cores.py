"""One thread gives its cores up, and no other does."""

import threading

import torch

from models.cores import one_core


def test_only_the_calling_thread_is_kept_to_one_core():
    before = torch.get_num_threads()
    seen = {}

    def modest():
        one_core()
        torch.ones(10).sum()
        seen["modest"] = torch.get_num_threads()

    def later():
        seen["later"] = torch.get_num_threads()

    for work in (modest, later):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert seen == {"modest": 1, "later": before}
    assert torch.get_num_threads() == before
