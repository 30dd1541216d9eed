"""The Layers page: words by layer, spectra and whitening, of one encoder or two."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from running import PATIENCE, click, dialogs, held, idle, told

from explorer import test_sets
from explorer.test_sets import SETTINGS
from explorer.theme import themes
from explorer.views.encoders import layers_bar, layers_page, layers_source
from explorer.views.encoders.layers_charts import estimated
from models.anisotropy.layerwise import measure_layers
from models.anisotropy.report import curing
from models.data.sts import read_benchmark
from models.encoders.catalog import load
from models.events import finish
from models.printed import number

STARTS = ("The cat sat", "A dog ran", "Paris lies", "She sang", "The old dog slept")
ENDS = ("on the mat.", "in the rain.", "far away from home.", "by the river.")
SENTENCES = [f"{start} {end}" for start in STARTS for end in ENDS]
OTHERS = [f"{start} and the rest did not." for start in STARTS] + ["The end of the day came."]


@pytest.fixture(scope="module", autouse=True)
def made(qapp, shared):
    """The page, made once and not in the middle of some test."""
    view = shared.window.view("encoders")
    page = view.show_page("layers")
    while page._unmade:
        qapp.processEvents()
    view.show_page("scores")


@pytest.fixture
def sentences(tmp_path):
    path = tmp_path / "sentences.txt"
    path.write_text("\n".join(SENTENCES) + "\n", "utf-8")
    return path


@pytest.fixture
def stsb(tmp_path):
    """A SentEval folder with STS-B alone."""
    folder = tmp_path / "senteval" / "STS" / "STSBenchmark"
    folder.mkdir(parents=True)
    pairs = zip("54321021", SENTENCES[:8], SENTENCES[1:9], strict=True)
    text = "".join(f"main\tx\ty\t{at}\t{g}\t{a}\t{b}\n" for at, (g, a, b) in enumerate(pairs))
    (folder / "sts-test.csv").write_text(text)
    return folder / "sts-test.csv"


@pytest.fixture
def page(qtbot, explorer, sentences, home, monkeypatch):
    """The page on the bundled encoder alone and 20 sentences of a file."""
    monkeypatch.setenv("CONTRASTIVE_EXPLORER_HOME", str(home))
    explorer.settings.update_view(SETTINGS, folder="")
    view = explorer.window.view("encoders")
    page = view._made["layers"]
    _two_ways(page)
    page.bar.sentences.add_file(sentences)
    explorer.window.show_workspace("encoders")
    view.show_page("layers")
    shown(qtbot, explorer, page)
    yield page
    _two_ways(page)
    page.bar.sentences._files.clear()
    page.bar.sentences.current = page.bar.sentences._sample
    page.bar.sentences._offer()
    explorer.settings.update_view("layers", files=[], stsb="", beside=False)
    explorer.settings.update_view(SETTINGS, folder="")
    view.show_page("scores")
    page.work.forget()
    qtbot.waitUntil(
        lambda: idle(explorer) and not page._steps and not page._stepper.isActive(),
        timeout=PATIENCE,
    )


def _two_ways(page):
    """The bundled encoder alone; beside it stands the same one, pooled by [CLS]."""
    bar = page.bar
    bar.beside.setChecked(False)
    bar.second.pooling.setCurrentIndex(bar.second.pooling.findData("cls"))
    for choice in (bar.first, bar.second):
        choice.select("bundled")


def shown(qtbot, explorer, page):
    """Waits until what is chosen is what is shown."""
    qtbot.waitUntil(
        lambda: (
            idle(explorer)
            and page.drawn
            and page.bar.wanted is not None
            and page.looked.wanted == page.bar.wanted
        ),
        timeout=PATIENCE,
    )


def choose(qtbot, box, words):
    """Chooses the entry that contains ``words``, by keys."""
    titles = [box.itemText(at) for at in range(box.count())]
    (wanted,) = [at for at, title in enumerate(titles) if words in title]
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Home)
    for _ in range(wanted):
        qtbot.keyClick(box, Qt.Key.Key_Down)


def test_figures_are_those_of_the_measure(page):
    found = finish(measure_layers(load("bundled"), SENTENCES))
    first, last = found.layers[0], found.layers[-1]
    text = page.cards["anisotropy"].words.text()
    assert text.startswith(f"{number(first.anisotropy.value)} after the embeddings")
    assert text.endswith(f"{number(last.anisotropy.value)} at the end.")
    assert number(last.adjusted_self.value) in page.cards["itself"].words.text()
    assert number(last.adjusted_intra.value) in page.cards["intra"].words.text()
    assert number(last.first.uniformity) in page.cards["sentences"].words.text()
    about = page.about.text()
    assert about.startswith("All 20 sentences of sentences.txt; 1,000 pairs")
    assert f"{found.words} words in five or more of them, {found.contexts} times" in about


def test_charts_show_lines_with_ranges_and_what_is_published(page):
    (line,) = estimated(page.looked.sides, lambda layer: layer.anisotropy)
    assert len(line.values) == len(line.ranges) == 7
    words = [item.toPlainText() for item in texts(page.cards["anisotropy"].chart)]
    names = ["0.105", "BERT-base 0.675", "BERT-base 0.477", "GPT-2 0.978"]
    assert [each.strip() for each in words] == names
    assert not texts(page.cards["itself"].chart)
    curves = page.cards["spectrum"].chart.getPlotItem().listDataItems()
    assert len(curves) == 2 and len(curves[0].xData) == 20
    assert len(page.cards["sentences"].chart.getPlotItem().listDataItems()) == 2


def texts(chart):
    return [item for item in chart.getPlotItem().items if hasattr(item, "toPlainText")]


def test_formulas_are_set_and_charts_follow_the_theme(page, qtbot):
    formulas = [formula for card in page.cards.values() for formula in card.formulas]
    assert len(formulas) == 5
    qtbot.waitUntil(lambda: all(formula.is_set for formula in formulas), timeout=PATIENCE)
    themes().set_mode("light")
    light = page.cards["cosines"].chart.backgroundBrush().color().name()
    themes().set_mode("dark")
    assert page.cards["cosines"].chart.backgroundBrush().color().name() != light
    height = page.cards["cosines"].chart.height()
    themes().set_scale(2.0)
    assert page.cards["cosines"].chart.height() > 1.8 * height


def test_cards_stand_in_one_column_where_there_is_no_room_for_two(page, qtbot):
    assert page.cards["anisotropy"].y() == page.cards["itself"].y()
    themes().set_scale(2.0)
    qtbot.waitUntil(lambda: page.cards["itself"].y() > page.cards["anisotropy"].y())
    assert page.cards["itself"].x() == page.cards["anisotropy"].x()


def test_a_second_encoder_stands_beside_the_first(page, qtbot, explorer):
    assert not page.bar.second.choice.isVisible()
    click(qtbot, page.bar.beside)
    assert page.bar.second.choice.isVisible() and page.bar.second.pooling.isVisible()
    choose(qtbot, page.bar.second.choice, "all-MiniLM-L6-v2")
    choose(qtbot, page.bar.second.pooling, "max pooling")
    shown(qtbot, explorer, page)
    assert [side.pooling for side in page.looked.sides] == ["mean", "max"]
    lines = page.cards["cosines"].words.text().splitlines()
    assert [line[:5] for line in lines] == ["A: me", "B: ma"]
    assert page.cards["anisotropy"].words.text().startswith("A and B alike: ")
    assert len(page.cards["spectrum"].chart.getPlotItem().listDataItems()) == 4
    before = page.looked.sides[0]
    click(qtbot, page.bar.beside)
    shown(qtbot, explorer, page)
    assert len(page.looked.sides) == 1 and page.looked.sides[0].report is before.report
    assert explorer.settings.view("layers")["beside"] is False


def test_sentences_are_those_of_a_file_and_remembered(page, qtbot, explorer, tmp_path, monkeypatch):
    other = tmp_path / "others.txt"
    other.write_text("\n".join(OTHERS) + "\n", "utf-8")
    monkeypatch.setattr(layers_source, "QFileDialog", dialogs_for_files(other))
    choose(qtbot, page.bar.sentences.choice, "A file of sentences")
    shown(qtbot, explorer, page)
    assert page.about.text().startswith("All 6 sentences of others.txt")
    assert page.bar.sentences.choice.currentText() == "others.txt"
    names = explorer.settings.view("layers")["files"]
    assert [name.rpartition("/")[2] for name in names] == ["others.txt", "sentences.txt"]
    choose(qtbot, page.bar.sentences.choice, "sentences.txt")
    shown(qtbot, explorer, page)
    assert page.about.text().startswith("All 20 sentences")


def dialogs_for_files(path):
    class Answering:
        @staticmethod
        def getOpenFileName(*_):
            return str(path), ""

    return Answering


def test_fewer_sentences_are_drawn_and_said(page, qtbot, explorer):
    field = page.bar.most
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "12")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    shown(qtbot, explorer, page)
    assert page.about.text().startswith("12 of 20 sentences of sentences.txt, drawn at random")
    assert "12 sentences are few for 384 dimensions" in page.cards["spectrum"].words.text()
    field.setValue(2000)
    page.bar._number()


def test_whitening_is_scored_where_sts_b_is_known(page, qtbot, explorer, stsb, monkeypatch):
    assert page.cure.table.cells == {} and "STS-B is not here" in page.cure.words.text()
    monkeypatch.setattr(test_sets, "QFileDialog", dialogs(stsb.parents[2]))
    click(qtbot, page.cure.folder)
    shown(qtbot, explorer, page)
    found = finish(curing(load("bundled"), SENTENCES, read_benchmark(stsb)))
    cells = {name: [cell.text() for cell in line] for name, line in page.cure.table.cells.items()}
    assert cells["head"] == ["as they are", "whitened", "whitened by their own"]
    figures = [f"{each:.2f}" for each in (found.before, found.after, found.own)]
    assert cells["all-MiniLM-L6-v2, mean pooling"] == figures
    assert "8 pairs" in page.cure.words.text() and "20 sentences" in page.cure.words.text()


def test_a_file_of_sts_b_that_is_none_leaves_the_layers(
    page, qtbot, explorer, sentences, monkeypatch
):
    monkeypatch.setattr(layers_bar, "QFileDialog", dialogs_for_files(sentences))
    click(qtbot, page.cure.file)
    shown(qtbot, explorer, page)
    assert page.cure.table.cells == {} and "sentences.txt" in page.cure.words.text()
    assert (
        len(page.looked.sides) == 1
        and "after the embeddings" in page.cards["anisotropy"].words.text()
    )


def test_figures_are_copied_as_a_table(page, qtbot, explorer):
    click(qtbot, page.copy)
    rows = [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]
    assert len(rows) == 8 and {len(row) for row in rows} == {21}
    layer = page.looked.sides[0].report.layers.layers[3]
    values = dict(zip(rows[0], rows[4], strict=True))
    assert values["layer"] == "3"
    assert float(values["anisotropy"]) == pytest.approx(layer.anisotropy.value, abs=1e-5)
    assert float(values["first_token_cosine"]) == pytest.approx(layer.first.mean_cosine, abs=1e-5)
    assert "clipboard" in told(explorer)[-1]


def test_what_cannot_be_read_is_one_sentence_and_can_be_tried_again(
    page, qtbot, explorer, tmp_path
):
    path = tmp_path / "late.txt"
    path.write_text("🙂\n…\n", "utf-8")
    page.bar.sentences.add_file(path)
    qtbot.waitUntil(lambda: page.again.isVisible(), timeout=PATIENCE)
    assert "two sentences" in page.about.text() and not told(explorer)
    path.write_text("\n".join(OTHERS) + "\n", "utf-8")
    click(qtbot, page.again)
    shown(qtbot, explorer, page)
    assert "All 6 sentences of late.txt" in page.about.text() and not page.again.isVisible()


def test_a_measurement_can_be_cancelled_and_asked_for_again(
    page, qtbot, explorer, tmp_path, monkeypatch
):
    go = held(monkeypatch, layers_page, "looking")
    path = tmp_path / "more.txt"
    path.write_text("\n".join(f"{a} {b}" for a in SENTENCES for b in OTHERS), "utf-8")
    page.bar.sentences.add_file(path)
    qtbot.waitUntil(lambda: bool(explorer.jobs.running), timeout=PATIENCE)
    (job,) = explorer.jobs.running
    assert job.title == "Looking into encoders"
    job.cancel()
    qtbot.waitUntil(lambda: page.again.isVisible(), timeout=PATIENCE)
    assert "cancelled" in page.about.text()
    go.set()
    click(qtbot, page.again)
    shown(qtbot, explorer, page)
    assert "All 120 sentences" in page.about.text()


def test_the_open_corpus_is_offered(page, qtbot, explorer):
    page.bar.most.setValue(10)
    page.bar._number()
    choose(qtbot, page.bar.sentences.choice, "Corpus: Bundled sample")
    shown(qtbot, explorer, page)
    assert page.about.text().startswith("10 of 1,") and "Bundled sample" in page.about.text()
    page.bar.sentences.set_project(None)
    assert page.bar.sentences.choice.currentText() == "Bundled sample"
    assert page.bar.sentences.current is page.bar.sentences._sample
    page.bar.sentences.set_project(explorer.session.project)
    page.bar.most.setValue(2000)
    page.bar._number()
