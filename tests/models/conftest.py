"""What several files of tests ask for; nobody changes the files."""

import pytest


@pytest.fixture(scope="module")
def one_thread():
    """Networks of a few kilobytes gain nothing from a second one, and lose where it is busy."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def files(tmp_path_factory):
    """A tiny base encoder, 60 sentences and 40 triplets."""
    import text_kit

    return text_kit.write_files(tmp_path_factory.mktemp("text"))


@pytest.fixture(scope="session")
def dpr_files(tmp_path_factory):
    """A tiny base encoder, and 60 questions about 30 passages, each with one of three words."""
    import dpr_kit

    return dpr_kit.write_files(tmp_path_factory.mktemp("dpr"))
