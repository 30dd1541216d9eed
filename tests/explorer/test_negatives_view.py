"""The Negatives workspace: one question, its passages in a list and on the sphere, two encoders."""

import json

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from running import LEFT, PATIENCE, click, held, idle, told

from explorer.theme import themes
from explorer.views.negatives import flow, source
from explorer.views.negatives.looks import percent, signed
from explorer.views.negatives.model import COLUMNS
from models.data.dpr_questions import BUNDLED
from models.negative_study.study import weigh

FACTS = (
    ("Where do penguins breed?", "Antarctica", "Emperor penguins breed on the ice of Antarctica."),
    ("Which gas do plants take in?", "carbon dioxide", "Plants take in carbon dioxide by day."),
    ("Who wrote of the white whale?", "Melville", "Melville wrote a novel of a white whale."),
    ("What turns milk sour?", "bacteria", "Milk turns sour when bacteria grow in it."),
    ("Which metal is liquid?", "mercury", "The metal mercury is liquid in a warm room."),
    ("How many legs has a spider?", "eight", "A spider has eight legs, and no wings."),
)
OTHERS = (
    "Penguins in a zoo in Edinburgh breed in spring.",
    "Sailors hunted the whale for oil.",
    "All penguins live south of the equator, and those of Antarctica in the cold.",
    "A liquid takes the shape of its vessel, a metal does not.",
)


def write(path, facts=FACTS):
    """Questions as DPR's training files have them: the first with two hard negatives."""
    entries = [
        {
            "question": question,
            "answers": [answer],
            "positive_ctxs": [{"title": "", "text": text}],
            "negative_ctxs": [],
            "hard_negative_ctxs": [{"title": "", "text": t} for t in OTHERS] if not at else [],
        }
        for at, (question, answer, text) in enumerate(facts)
    ]
    path.write_text(json.dumps(entries), "utf-8")
    return path


@pytest.fixture
def view(qtbot, explorer, tmp_path):
    """The workspace on six questions over ten passages of their own."""
    view = explorer.window.view("negatives")
    view.source.choose(str(write(tmp_path / "mine.json")), own=True)
    explorer.window.show_workspace("negatives")
    settled(qtbot, view, len(FACTS))
    penguins = next(at for at, q in enumerate(view.flow.gathered.questions) if "penguins" in q.text)
    view.ask(penguins)
    settled(qtbot, view)
    yield view
    view.page.button("sphere").click()
    view.sphere.surface.button("globe").click()
    view.sphere.travel.setValue(0)
    view.asked.words._clear()
    view.asked.seed.setValue(0)
    view.asked.each.setValue(4)
    view.asked._tell()
    for chip in view.desk.legend.chips.values():
        chip.setChecked(True)
    view.desk.table.sort("kind", False)
    explorer.window.show_workspace("retrieval")
    for work in (view.flow.reading, view.flow.seeing, view.flow.studying, view.flow.measuring):
        work.forget()
    qtbot.waitUntil(lambda: idle(explorer), timeout=PATIENCE)


def settled(qtbot, view, count=None):
    """Waits until what is asked is studied, and all questions are measured."""

    flow = view.flow

    def done():
        if flow.busy or view.study is None or flow.margins is None or flow.gathered is None:
            return False
        asked = flow.place, view.asked.spec
        right = count is None or len(flow.gathered.questions) == count
        return right and (view.study.place, view.study.spec) == asked == (
            flow.place,
            flow.margins.spec,
        )

    qtbot.waitUntil(done, timeout=PATIENCE)


def cells(view, name):
    column = COLUMNS.index(name)
    return [
        view.desk.table.rows.index(row, column).data()
        for row in range(view.desk.table.rows.rowCount())
    ]


def header(qtbot, table, section):
    bar = table.horizontalHeader()
    x = bar.sectionViewportPosition(section) + bar.sectionSize(section) // 2
    qtbot.mouseClick(bar.viewport(), LEFT, pos=QPoint(x, bar.height() // 2))


def press_row(qtbot, table, row):
    index = table.model().index(row, 1)
    table.scrollTo(index)
    qtbot.mouseClick(table.viewport(), LEFT, pos=table.visualRect(index).center())


def test_the_list_says_what_each_passage_is(view):
    kinds = [each.kind for each in view.study.candidates]
    assert kinds[0] == "positive" and kinds[1] == "false"
    assert {"given", "gold"} <= set(kinds)
    assert cells(view, "kind")[:2] == ["Right", "Excluded"]
    assert view.study.candidates[1].why.startswith("It holds the answer “Antarctica”")
    a, b, change = (cells(view, name) for name in ("a", "b", "change"))
    for row, candidate in enumerate(view.study.candidates):
        for shown, score in zip((a[row], b[row]), candidate.scores, strict=True):
            assert float(shown.replace("−", "-")) == pytest.approx(score, abs=6e-4)
        assert change[row] == signed(candidate.scores[1] - candidate.scores[0])
    weighed = weigh(view.study, 0, view.desk.loss.temperature)
    assert cells(view, "weight_a") == [percent(share) for share in weighed.shares]
    assert cells(view, "weight_a")[1] == "–"  # the loss does not hold what was excluded
    assert f"{weighed.loss:.3f} nats under A" in view.desk.loss.words.text()


def test_a_row_and_its_point_are_one(qtbot, view):
    press_row(qtbot, view.desk.table, 1)
    candidate = view.study.candidates[1]
    assert view.desk.row == candidate.row
    assert view.sphere.canvas._picture.selection.tolist() == [2]
    assert view.desk.card.isVisible()
    assert view.desk.card.why.text() == candidate.why
    assert view.desk.card.text.toPlainText() == view.flow.gathered.text(candidate.row)
    place = view.sphere.canvas.screen_position(1)
    qtbot.mouseClick(view.sphere.canvas, LEFT, pos=place.toPoint())
    assert view.desk.row == view.study.candidates[0].row
    assert view.desk.table.currentIndex().row() == 0
    click(qtbot, view.desk.card.close_button)
    assert view.desk.row == -1 and not view.desk.card.isVisible()
    assert not view.desk.table.selectionModel().hasSelection()


def test_columns_sort_and_what_is_selected_stays_so(qtbot, view):
    press_row(qtbot, view.desk.table, 0)
    column = COLUMNS.index("b")
    header(qtbot, view.desk.table, column)
    values = [float(text.replace("−", "-")) for text in cells(view, "b")]
    assert values == sorted(values, reverse=True)
    header(qtbot, view.desk.table, column)
    assert [float(text.replace("−", "-")) for text in cells(view, "b")] == sorted(values)
    assert view.desk.table.rows.candidate(view.desk.table.currentIndex().row()).row == view.desk.row
    header(qtbot, view.desk.table, COLUMNS.index("weight_b"))
    assert cells(view, "weight_b")[-1] == "–"  # what has no weight comes last


def test_a_kind_is_hidden_in_both(qtbot, view):
    count = view.desk.table.rows.rowCount()
    gone = sum(each.kind == "given" for each in view.study.candidates)
    assert gone and view.desk.legend.chips["given"].text() == f"From the data {gone}"
    click(qtbot, view.desk.legend.chips["given"])
    assert view.desk.table.rows.rowCount() == count - gone
    points, _ = view.sphere._points()
    hidden = [np.isnan(points[at + 1]).all() for at in range(len(view.study.candidates))]
    assert hidden == [each.kind == "given" for each in view.study.candidates]
    assert len(view.sphere.canvas._picture.arcs) == count - gone
    click(qtbot, view.desk.legend.chips["given"])
    assert view.desk.table.rows.rowCount() == count


def test_passages_move_from_a_to_b(qtbot, view):
    angles = view.study.around.angles
    for share, side in ((0, 0), (100, 1)):
        view.sphere.travel.setValue(share)
        placed = view.sphere.canvas._picture.cloud.position(1)
        assert float(np.arccos(placed[2])) == pytest.approx(angles[side, 1], abs=1e-3)
    click(qtbot, view.sphere.play)  # without animations it is there at once
    assert view.sphere.travel.value() == 100 and not view.sphere.play.isChecked()
    themes().set_animations(True)
    click(qtbot, view.sphere.play)
    assert view.sphere.travel.value() < 100
    qtbot.waitUntil(lambda: view.sphere.travel.value() == 100, timeout=PATIENCE)
    qtbot.waitUntil(lambda: not view.sphere.play.isChecked())
    themes().set_animations(False)
    view.sphere.surface.button("flat").click()
    placed = view.sphere.canvas._picture.cloud.position(1)
    assert placed[2] == 0


def test_temperature_changes_the_weights_at_once(qtbot, view):
    before = cells(view, "weight_b")
    view.desk.loss.slider.slider.setFocus()
    qtbot.keyClick(view.desk.loss.slider.slider, Qt.Key.Key_End)
    assert view.desk.loss.temperature == pytest.approx(1)
    expected = weigh(view.study, 1, 1.0)
    assert cells(view, "weight_b") == [percent(share) for share in expected.shares] != before
    assert f"{expected.loss:.3f} under B" in view.desk.loss.words.text()
    view.desk.loss.slider.set_value(np.log10(0.05))
    view.desk.loss.changed.emit()


def test_questions_are_searched_stepped_through_and_opened(qtbot, view):
    qtbot.keyClicks(view.asked.words, "WHALE white")
    assert view.page.value == "questions"
    assert [view.flow.gathered.questions[at].text for at in view.list.shown] == [FACTS[2][0]]
    press_row(qtbot, view.list, 0)
    settled(qtbot, view)
    assert view.study.question.text == FACTS[2][0] == view.asked.text.text()
    click(qtbot, view.asked.words.clear_button)
    assert len(view.list.shown) == len(FACTS)
    place = view.flow.place
    click(qtbot, view.asked.after)
    assert view.flow.place == (place + 1) % len(FACTS)
    assert view.context.commands.run("negatives.previous") or view.flow.place == place
    settled(qtbot, view)
    assert view.study.place == place
    header(qtbot, view.list, 2)
    margins = view.flow.margins.worst[1][view.list.shown]
    assert (np.diff(margins) >= 0).all()
    header(qtbot, view.list, 2)
    header(qtbot, view.list, 2)
    assert view.list.shown == list(range(len(FACTS)))


def test_dice_draw_another_batch_and_the_number_is_kept(qtbot, view):
    view.asked.each.setValue(2)
    view.asked.each.editingFinished.emit()
    settled(qtbot, view)
    golds = [each.row for each in view.study.candidates if "gold" in each.kinds]
    assert len(golds) == 2
    seen = {tuple(golds)}
    for _ in range(4):
        click(qtbot, view.asked.dice)
        settled(qtbot, view)
        seen.add(tuple(e.row for e in view.study.candidates if "gold" in e.kinds))
    assert view.asked.seed.value() == 4 and len(seen) > 1


def test_all_questions_are_summed_up(qtbot, view):
    view.page.button("margins").click()
    a, b = view.flow.margins.outranking
    assert f"{a:.1f} % of 6 questions under A, and {b:.1f} % under B" in view.summary.heading.text()
    for kind in view.flow.margins.kinds:
        for side, share in enumerate(view.flow.margins.won(kind)):
            assert view.summary.table.cells[kind][side].text() == f"{share:.1f}"
    assert f"{view.flow.margins.false.sum()} false negatives" in view.summary.key.text()


def test_what_is_left_out_is_listed(qtbot, view, tmp_path):
    facts = [*FACTS, ("What is lost?", "it", "Nobody knows.")]
    path = write(tmp_path / "more.json", facts)
    entries = json.loads(path.read_text("utf-8"))
    entries[-1]["positive_ctxs"] = []
    path.write_text(json.dumps(entries), "utf-8")
    view.source.choose(str(path), own=True)
    qtbot.waitUntil(
        lambda: view.flow.gathered is not None and bool(view.flow.gathered.left_out),
        timeout=PATIENCE,
    )
    settled(qtbot, view, len(FACTS))
    assert "1 left out" in view.about.text()
    assert "What is lost?" in view.summary.left_out.text()
    assert "No passage of the corpus is known to answer it." in view.summary.left_out.text()


def test_a_file_that_holds_no_questions_says_so_and_another_can_be_opened(
    qtbot, explorer, view, tmp_path, monkeypatch
):
    bad = tmp_path / "bad.json"
    bad.write_text('{"a": 1}', "utf-8")
    view.source.choose(str(bad), own=True)
    qtbot.waitUntil(lambda: view.nothing.isVisible(), timeout=PATIENCE)
    assert "laid out neither as SQuAD nor as DPR's questions" in view.nothing.text.text()
    assert view.study is None and not told(explorer)
    good = write(tmp_path / "good.json")

    class Answering:
        @staticmethod
        def getOpenFileName(*_):
            return str(good), ""

    monkeypatch.setattr(source, "QFileDialog", Answering)
    click(qtbot, view.nothing.buttons[0])
    settled(qtbot, view, len(FACTS))
    assert view.source.box.currentText() == "good.json"
    assert not view.nothing.isVisible()


def test_a_corpus_without_questions_says_what_to_load(qtbot, view, monkeypatch):
    project = view.context.session.project
    manifest = project.manifest

    class Other:
        folder, vectors_key = project.folder.with_name("other"), "none"

        class manifest:
            name, recipe = "My files", type("R", (), {"sources": ("notes.txt",)})

    view.source._follow(Other())
    qtbot.waitUntil(lambda: view.nothing.isVisible())
    assert view.nothing.title.text() == "No questions for My files yet"
    assert view.nothing.title.isVisible() and view.nothing.text.isVisible()
    assert "SQuAD" in view.nothing.text.text() and view.source.wanted is None
    view.source.set_project(project)
    assert manifest.recipe.sources == (BUNDLED,) and view.source.wanted.source == BUNDLED
    click(qtbot, view.nothing.buttons[1])  # the sample's questions over their own passages
    assert view.source.wanted.source == BUNDLED and view.source.wanted.corpus == ""


def test_what_was_cancelled_is_gone_on_with(qtbot, explorer, view, tmp_path, monkeypatch):
    read, seen = held(monkeypatch, flow, "gather"), held(monkeypatch, flow, "seeing")
    view.source.choose(str(write(tmp_path / "other.json")), own=True)
    view.flow.reading._job.cancel()
    qtbot.waitUntil(lambda: view.foot.again.isVisible(), timeout=PATIENCE)
    assert "not read to their end" in view.about.text() and view.flow.gathered is None
    read.set()
    click(qtbot, view.foot.again)
    qtbot.waitUntil(lambda: view.flow.seeing.busy, timeout=PATIENCE)
    view.flow.seeing._job.cancel()
    qtbot.waitUntil(lambda: view.foot.again.isVisible(), timeout=PATIENCE)
    assert "Not all passages" in view.about.text() and view.flow.seen is None
    seen.set()
    click(qtbot, view.foot.again)
    settled(qtbot, view, len(FACTS))
    assert not view.foot.again.isVisible() and "6 questions" in view.about.text()


def test_a_dropped_file_is_opened(qtbot, explorer, view, tmp_path):
    path = write(tmp_path / "dropped.json", FACTS[:5])
    assert view.take_files([path]) and not view.take_files([tmp_path / "a.png"])
    qtbot.waitUntil(lambda: view.source.box.currentText() == "dropped.json")


def test_everything_follows_the_size_of_text_and_the_theme(qtbot, explorer, view):
    for scale, mode in ((2.0, "dark"), (0.8, "light")):
        themes().set_scale(scale)
        themes().set_mode(mode)
        window = view.grab().toImage()
        assert window.width() == view.width()
        shown = [at for at in range(len(COLUMNS)) if not view.desk.table.isColumnHidden(at)]
        wide = sum(view.desk.table.columnWidth(at) for at in shown)
        assert wide <= view.desk.table.viewport().width() + 2
        assert {"kind", "passage", "a", "b"} <= {COLUMNS[at] for at in shown}
        for at in shown:  # no figure is cut
            needed = view.desk.table.sizeHintForColumn(at)
            assert COLUMNS[at] == "passage" or needed <= view.desk.table.columnWidth(at)
