"""The scenes of the gallery: each view on the bundled sample, with something worth seeing."""

import time
from collections.abc import Callable, Iterator

from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication

_QUESTION = "Why does dropout work as an augmentation for sentences?"
_ASKED = "How many negatives does one view face when 4,096 pictures are augmented twice?"
_PATIENCE = 180.0


def scenes(app: QApplication, explorer) -> Iterator[str]:
    """Arranges one scene after the other and yields its name when it is settled."""
    from explorer.theme import themes

    window, session, commands = explorer.window, explorer.session, explorer.commands
    themes().set_animations(False)
    window.show_workspace("retrieval")
    explorer.begin()
    _wait(app, lambda: session.searcher is not None)
    yield "retrieval-start"
    session.ask(_QUESTION)
    _wait(app, lambda: session.answer is not None and session.answer.question == _QUESTION)
    lists = window.view("retrieval").lists
    _wait(app, lambda: all(_marked(part) for part in lists.values()))
    yield "retrieval"
    yield from _answers(app, explorer)
    window.show_workspace("sphere")
    sphere = window.view("sphere")
    sphere.spin.setChecked(False)
    for technique in ("pca", "umap"):
        for surface in ("globe", "unrolled", "flat"):
            commands.run(f"sphere.projection.{technique}")
            commands.run(f"sphere.surface.{surface}")
            wanted = (technique, "flat" if surface == "flat" else "globe")
            _wait(app, lambda w=wanted: _settled(sphere, w))
            yield f"sphere-{technique}-{surface}"
    session.select((session.answer.hits["dense"][0].row,))
    _wait(app, lambda: sphere.panel.neighbours.isVisible())
    yield "sphere-selected"
    window.show_workspace("geometry")
    geometry = window.view("geometry")
    _wait(app, lambda: geometry.portrait is not None and geometry.temperature.chart.isVisible())
    yield "geometry"
    window.show_workspace("augmentation")
    augmentation = window.view("augmentation").images
    _wait(app, lambda: augmentation.panel.cosines is not None and not augmentation.measuring.busy)
    yield "augmentation"
    sentences = window.view("augmentation")
    sentences.show_page("text")
    flow = sentences.text.flow
    _wait(app, lambda: len(flow.known) >= 11 and not flow.busy)
    yield "augmentation-text"
    yield from _triplets(app, window)
    yield from _negatives(app, window)
    window.show_workspace("training")
    training = window.view("training")
    _wait(app, lambda: training.film.pixels is not None and training.stage.canvas.is_ready)
    yield "training"
    training.stage.pictures.setChecked(True)
    for page in ("evaluation", "runs"):
        training.page.button(page).click()
        yield f"training-{page}"
    training.panel.kind.button("question").click()
    training.page.button("learning").click()
    yield "training-questions"
    run = training.runs.folder
    yield from _reader(app, window, training)
    training.panel.kind.button("image").click()
    window.show_workspace("geometry")
    before = geometry.portrait
    geometry.source.choose(f"run {run}")
    _wait(app, lambda: geometry.portrait is not None and geometry.portrait is not before)
    yield "geometry-run"
    yield from _scores(app, window)
    yield from _layers(app, window)
    yield from _compare(app, window)
    yield from _retrievers(app, window)
    commands.run("palette")
    yield "palette"
    window.palette_sheet.dismiss()
    commands.run("shortcuts")
    yield "shortcuts"
    window.shortcuts_sheet.dismiss()
    commands.run("corpus.open")
    yield "open-corpus"


def _answers(app: QApplication, explorer) -> Iterator[str]:
    """A bundled question, answered by the reader that ships, with its span marked in its hit."""
    from models.reader.load import shipped_readers

    session, part = explorer.session, explorer.window.view("retrieval").answers
    part.choose(shipped_readers()[0])
    session.ask(_ASKED)
    _wait(app, lambda: session.answer is not None and session.answer.question == _ASKED)
    _wait(app, lambda: part.strip.source.isVisible() and not part.work.reading.busy)
    yield "retrieval-answer"
    part.choose("")
    session.ask(_QUESTION)
    _wait(app, lambda: session.answer is not None and session.answer.question == _QUESTION)


def _reader(app: QApplication, window, training) -> Iterator[str]:
    """A reader after a minute on the bundled questions: what it marks, its form, its figures."""
    panel = training.panel
    panel.kind.button("reader").click()
    panel.reader.numbers.length.setValue(40)
    panel.reader.more.probe.setValue(12)
    panel.reader.more.every.setValue(20)
    panel.go.click()
    _wait(app, lambda: training.runs.running)
    _wait(app, lambda: not training.runs.running and training.stage.readings.cards != [])
    window.toasts.clear()
    yield "training-reader"
    training.stage.face.button("other").click()
    training.page.button("evaluation").click()
    evaluation = training.evaluation.reader
    _wait(app, lambda: evaluation.isVisible() and evaluation.go.isEnabled())
    evaluation.go.click()
    _wait(app, lambda: evaluation.table.isVisible())
    yield "training-reader-evaluation"
    training.stage.face.button("right").click()
    training.page.button("learning").click()


def _scores(app: QApplication, window) -> Iterator[str]:
    """What papers print, and what can be measured without anything to download."""
    window.show_workspace("encoders")
    page = window.view("encoders").show_page("scores")
    board, bar = page.board, page.bar
    _wait(app, lambda: board.survey is not None and bar.encoders.encoder is not None)
    yield "encoders-scores"
    bar.go.click()
    _wait(app, lambda: board.job is None)
    page.table.pick(0, 3)
    yield "encoders-scores-triplets"


def _layers(app: QApplication, window) -> Iterator[str]:
    """Two encoders by layer, or one pooled in two ways while only one ships."""
    window.show_workspace("encoders")
    page = window.view("encoders").show_page("layers")
    bar = page.bar
    bar.most.setValue(1200)
    if bar.first.name == bar.second.name:
        bar.second.pooling.setCurrentIndex(bar.second.pooling.findData("cls"))
    bar.beside.setChecked(True)
    _wait(app, lambda: page.drawn and len(page.looked.sides) == 2)
    yield "encoders-layers"
    page.scroll.ensureWidgetVisible(page.cure)
    yield "encoders-layers-whitening"


def _triplets(app: QApplication, window) -> Iterator[str]:
    """The bundled triplets under one encoder, then under a second one, by what changed most."""
    window.show_workspace("triplets")
    view = window.view("triplets")
    _wait(app, lambda: _arranged(view) and view.shown.first is not None)
    yield "triplets"
    view.bar.beside.click()
    _wait(app, lambda: _arranged(view) and view.shown.second is not None)
    view.table.sort("change", True)
    _wait(app, lambda: _arranged(view) and view.panel.row >= 0)
    yield "triplets-compared"
    view.panel.page.button("groups").click()
    yield "triplets-groups"


def _retrievers(app: QApplication, window) -> Iterator[str]:
    """BM25, the sample's encoder and their hybrid, with each page beside them."""
    window.show_workspace("retrievers")
    view = window.view("retrievers")
    _wait(app, lambda: len(view.bench.entries) == 3 and not view.busy)
    yield "retrievers"
    for page in ("hybrid", "negatives", "paper"):
        view.panel.turn(page)
        yield f"retrievers-{page}"


def _arranged(view) -> bool:
    return view.table.rows.table is view.shown is not None and not view.busy


def _negatives(app: QApplication, window) -> Iterator[str]:
    """A question amid its negatives, half way from A to B, and the margins of all questions."""
    window.show_workspace("negatives")
    view = window.view("negatives")
    ready = view.sphere.canvas
    _wait(app, lambda: view.flow.margins is not None and not view.busy and ready.is_ready)
    view.ask(3)
    _wait(app, lambda: not view.busy and view.study is not None and view.study.place == 3)
    yield "negatives"
    view.choose(view.study.candidates[1].row)
    view.sphere.surface.button("flat").click()
    view.sphere.travel.setValue(50)
    yield "negatives-flat"
    for page in ("questions", "margins"):
        view.page.button(page).click()
        yield f"negatives-{page}"


def _compare(app: QApplication, window) -> Iterator[str]:
    """Two encoders on the sample, with the passage whose neighbours changed most."""
    window.show_workspace("encoders")
    page = window.view("encoders").show_page("compare")
    _wait(app, lambda: page.compared is not None and page.maps.canvases[0].is_ready)
    page.choose(int(page.compared.comparison.most_changed[0]))
    yield "encoders-compare"
    page.choose(-1)
    page.bar.surface.button("flat").click()
    page.maps.alone.setChecked(True)
    _wait(app, lambda: page.compared.maps.surface == "flat")
    page.maps.travel.setValue(50)
    yield "encoders-compare-travel"
    window.view("encoders").show_page("plane")
    yield "encoders-plane"


def _marked(part) -> bool:
    items = part.view.hits.items
    return not items or items[0].sentence is not None


def _settled(sphere, wanted: tuple[str, str]) -> bool:
    shown = sphere.layout_shown
    ready = sphere.canvas.is_ready and shown is not None
    return ready and (shown.technique, shown.surface) == wanted and sphere.legend.chips != []


def _wait(app: QApplication, done: Callable[[], bool]) -> None:
    until = time.monotonic() + _PATIENCE
    while not done():
        if time.monotonic() > until:
            raise TimeoutError("a view did not settle")
        turn(app, 0.02)


def turn(app: QApplication, seconds: float) -> None:
    """Lets the event loop run for a while."""
    until = time.monotonic() + seconds
    while True:
        app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 10)
        if time.monotonic() >= until:
            return
        time.sleep(0.005)
