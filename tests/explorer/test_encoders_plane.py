"""The Plane page: encoders by alignment, uniformity and STS-B."""

import pytest
from PySide6.QtCore import QPoint
from running import PATIENCE, click, idle

from explorer.views.encoders import plane_page
from models.comparison.plane import recall
from models.events import finish

PAIRS = (
    ("A cat sat on the mat.", "A kitten rested on a rug.", 4.6),
    ("It rains on the plain.", "Rain falls on the plain.", 4.9),
    ("Dogs bark at night.", "He plays the violin well.", 0.2),
    ("A man cooks pasta.", "A man eats pasta.", 2.8),
    ("The train is late.", "Stocks fell on Friday.", 0.0),
)


@pytest.fixture(scope="module", autouse=True)
def made(shared):
    """The page, made once and not in the middle of some test."""
    shared.window.view("encoders").show_page("plane")
    shared.window.view("encoders").show_page("scores")


@pytest.fixture
def page(qtbot, explorer, monkeypatch, tmp_path):
    """The page before any pairs were chosen; the next question for a file is answered."""
    file = tmp_path / "pairs.csv"
    lines = [f"main\tx\t2012\t{n}\t{g}\t{a}\t{b}\n" for n, (a, b, g) in enumerate(PAIRS)]
    file.write_text("".join(lines), "utf-8")

    class Answering:
        @staticmethod
        def getOpenFileName(*_):
            return str(file), ""

        @staticmethod
        def getExistingDirectory(*_):
            return str(tmp_path / "nothing")

    monkeypatch.setattr(plane_page, "QFileDialog", Answering)
    page = explorer.window.view("encoders").show_page("plane")
    forget(explorer, page)
    explorer.window.show_workspace("encoders")
    page.refresh()
    qtbot.waitUntil(lambda: idle(explorer), timeout=PATIENCE)
    page.file_wanted = file
    yield page
    qtbot.waitUntil(lambda: idle(explorer), timeout=PATIENCE)
    forget(explorer, page)
    page.encoder.pooling.setCurrentIndex(0)
    page.refresh()
    explorer.window.view("encoders").show_page("scores")
    qtbot.waitUntil(lambda: idle(explorer), timeout=PATIENCE)


def forget(explorer, page):
    explorer.settings.update_view("plane", rows=[], path="")
    explorer.settings.update_view("scores", rows=[], folder="")
    explorer.settings.update_view("compare", stsb="")
    page.path = None
    page._show(None)


def choose(qtbot, explorer, page):
    click(qtbot, page.nothing.buttons[1])
    qtbot.waitUntil(
        lambda: page.known is not None and page.encoder.encoder is not None and idle(explorer),
        timeout=PATIENCE,
    )


def measure(qtbot, explorer, page, pooling):
    box = page.encoder.pooling
    box.setCurrentIndex(box.findData(pooling))
    box.activated.emit(box.currentIndex())
    wanted = pooling or "mean"
    qtbot.waitUntil(
        lambda: page.encoder.encoder.card.conventions.pooling == wanted and idle(explorer),
        timeout=PATIENCE,
    )
    key = page.encoder.encoder.card.key
    click(qtbot, page.measure)
    assert not page.measure.isEnabled()
    qtbot.waitUntil(
        lambda: key in {each.key for each in page.known.figures} and idle(explorer),
        timeout=PATIENCE,
    )
    return key


def test_without_pairs_it_says_what_it_takes(page):
    assert page.nothing.isVisible() and not page.chart.isVisible()


def test_measured_encoders_become_points(page, qtbot, explorer):
    choose(qtbot, explorer, page)
    assert "Measure an encoder" in page.about.text() and page.list.rows == ()
    mean = measure(qtbot, explorer, page, "")
    cls = measure(qtbot, explorer, page, "cls")
    known = finish(recall(page.file_wanted, [mean, cls]))
    by_key = {each.key: each for each in known.figures}
    rows = {row.entry.key: row for row in page.list.rows}
    assert rows[mean].figures == by_key[mean] and rows[cls].figures == by_key[cls]
    assert "mean pooling" in rows[mean].title and "[CLS]" in rows[cls].title
    scores = [row.figures.spearman for row in page.list.rows]
    assert scores == sorted(scores, reverse=True)
    assert page.list.lines[0].score.text() == f"{scores[0]:.2f}"
    assert "2 encoders, measured on 5 pairs in pairs.csv, of which 2" in page.about.text()
    places = page.chart._value.points
    assert [(p.alignment, p.uniformity, p.score) for p in places] == [
        (f.alignment, f.uniformity, f.spearman) for f in (by_key[mean], by_key[cls])
    ]
    assert page.chart.ramp.words.endswith("STS-B") and "%" not in page.chart.ramp.words
    at = page.chart.spots()[0]
    qtbot.mouseMove(page.chart.viewport(), QPoint(round(at[0]), round(at[1])))
    qtbot.waitUntil(page.chart.card.isVisible)
    assert f"STS-B {by_key[mean].spearman:.1f}" in page.chart.card.text.text()
    names = [text for _, text in page.chart.names.places()]
    assert len(names) == 2 and "all-MiniLM-L6-v2, mean pooling" in names


def test_names_hide_neither_points_nor_one_another(page, qtbot, explorer):
    choose(qtbot, explorer, page)
    for pooling in ("", "cls", "max"):
        measure(qtbot, explorer, page, pooling)
    boxes = [box for box, _ in page.chart.names.places()]
    assert boxes
    for at, box in enumerate(boxes):
        assert not any(box.intersects(other) for other in boxes[at + 1 :])
        assert not any(box.contains(x, y) for x, y in page.chart.spots())


def test_an_encoder_is_taken_off_and_its_scores_stay_known(page, qtbot, explorer):
    choose(qtbot, explorer, page)
    key = measure(qtbot, explorer, page, "")
    click(qtbot, page.list.lines[0].remove)
    assert page.list.rows == () and page.chart._value.points == ()
    assert finish(recall(page.file_wanted, [key])).figures[0].key == key
    assert measure(qtbot, explorer, page, "") == key


def test_encoders_of_the_table_of_scores_are_here_too(page, qtbot, explorer):
    choose(qtbot, explorer, page)
    measure(qtbot, explorer, page, "")
    (row,) = page.list.rows
    other = {**row.entry.plain(), "key": "another", "name": "another"}
    explorer.settings.update_view("scores", rows=[row.entry.plain(), other])
    page.refresh()
    qtbot.waitUntil(lambda: len(page.list.rows) == 2 and idle(explorer), timeout=PATIENCE)
    assert not any(line.remove.isVisible() for line in page.list.lines)
    assert page.list.lines[1].words.text() == "not measured on these pairs"
    assert "1 of 2 encoders" in page.about.text() and len(page.chart._value.points) == 1


def test_a_folder_without_pairs_is_one_sentence(page, qtbot, explorer):
    click(qtbot, page.nothing.buttons[0])
    qtbot.waitUntil(lambda: "no folder" in page.about.text(), timeout=PATIENCE)
    assert page.about.isVisible() and page.file.isVisible()
