"""The choice of an encoder of text: what ships, runs, folders."""

import pytest
from PySide6.QtWidgets import QFileDialog
from running import PATIENCE, idle, told

from explorer import encoder_choice
from explorer.encoder_choice import EncoderChoice
from models.encoders.catalog import bundled_folder


@pytest.fixture
def choice(qtbot, explorer, monkeypatch):
    """The bundled encoder, loaded."""
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    made = EncoderChoice(explorer.context, explorer.window)
    for part in (made.choice, made.pooling):
        qtbot.addWidget(part)
    made.refresh()
    calm(qtbot, explorer, made)
    yield made
    calm(qtbot, explorer, made)
    made.setParent(None)
    made.deleteLater()


def calm(qtbot, explorer, choice):
    qtbot.waitUntil(
        lambda: idle(explorer) and not choice.listing.busy and not choice.loading.busy,
        timeout=PATIENCE,
    )


def pick(qtbot, explorer, choice, box, data):
    index = box.findData(data)
    assert index >= 0
    box.setCurrentIndex(index)
    box.activated.emit(index)
    calm(qtbot, explorer, choice)


def offered(qtbot, explorer, choice, name):
    """Whether a choice that is made later offers ``name``."""
    again = EncoderChoice(explorer.context, choice)
    for part in (again.choice, again.pooling):
        qtbot.addWidget(part)
    return again.choice.findData(name) >= 0


def test_the_bundled_encoder_is_loaded_first(choice):
    assert choice.loaded_name == "bundled"
    assert choice.encoder.card.name == "all-MiniLM-L6-v2"


def test_another_pooling_is_another_encoder(qtbot, explorer, choice):
    before = choice.encoder.card.key
    pick(qtbot, explorer, choice, choice.pooling, "cls")
    assert choice.encoder.card.conventions.pooling == "cls"
    assert choice.encoder.card.key != before


def test_a_folder_is_chosen_and_remembered(qtbot, explorer, choice, monkeypatch):
    folder = str(bundled_folder())
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: folder)
    pick(qtbot, explorer, choice, choice.choice, "folder …")
    assert choice.loaded_name == folder
    assert choice.encoder.card.source == folder
    assert offered(qtbot, explorer, choice, folder)


def test_a_dialog_that_is_left_changes_nothing(qtbot, explorer, choice):
    pick(qtbot, explorer, choice, choice.choice, "folder …")
    assert choice.name == choice.loaded_name == "bundled"


def test_a_folder_without_an_encoder_leaves_the_one_before(
    qtbot, explorer, choice, monkeypatch, tmp_path
):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    pick(qtbot, explorer, choice, choice.choice, "folder …")
    assert choice.name == choice.loaded_name == "bundled"
    assert any(str(tmp_path) in message for message in told(explorer))
    assert not offered(qtbot, explorer, choice, str(tmp_path))


def test_two_choices_are_swapped_without_loading_anything(qtbot, explorer, choice, monkeypatch):
    other = EncoderChoice(explorer.context, choice)
    for part in (other.choice, other.pooling):
        qtbot.addWidget(part)
    folder = str(bundled_folder())
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: folder)
    pick(qtbot, explorer, other, other.choice, encoder_choice._FOLDER)
    pick(qtbot, explorer, other, other.pooling, "cls")
    mine, theirs = choice.encoder, other.encoder
    monkeypatch.setattr(encoder_choice, "load_text", None)  # nobody loads from now on
    seen = []
    for each in (choice, other):
        each.loaded.connect(lambda _: seen.append((choice.encoder, other.encoder)))
    choice.swap_with(other)
    calm(qtbot, explorer, choice)
    calm(qtbot, explorer, other)
    assert seen == [(theirs, mine)] * 2
    assert (choice.loaded_name, choice.name) == (folder, folder)  # which only the other offered
    assert (choice.pooling.currentData(), other.pooling.currentData()) == ("cls", "")
    assert other.loaded_name == other.name == "bundled"
