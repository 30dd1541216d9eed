"""The Training workspace on sentences: its form, what its methods need, and a run."""

import pytest
from running import PATIENCE, click, dialogs, told
from training_kit import enter, leave, trained


@pytest.fixture
def training(qtbot, explorer, home, monkeypatch):
    """The view on sentences, in folders of this test."""
    monkeypatch.setenv("CONTRASTIVE_EXPLORER_HOME", str(home))
    view = enter(qtbot, explorer, "text")
    yield view
    choose_method(view.panel.text, "simcse")
    leave(qtbot, explorer, view)


def choose_method(form, name):
    """Chooses a method as a click on its entry does."""
    form.method.setCurrentIndex(form.method.findData(name))
    form.method.activated.emit(form.method.currentIndex())


def test_sentences_are_trained_on_in_the_same_screen(qtbot, training, explorer, tmp_path):
    path = tmp_path / "lines.txt"
    path.write_text("\n".join(f"Sentence number {n} is about {n * n}." for n in range(40)))
    panel = training.panel
    assert panel.text.isVisible() and not panel.form.isVisible()
    panel.text.add_source(str(path))
    panel.text.numbers.batch.setValue(8)
    panel.text.numbers.length.setValue(3)
    panel.text.more.probe.setValue(6)
    judged = tmp_path / "dev.csv"
    rows = [f"Row {n} has {n}.,Row {n % 5} has {n}.,{n % 6}" for n in range(12)]
    judged.write_text("\n".join(["sentence1,sentence2,score", *rows]))
    assert not training.charts.score.isVisible()
    panel.text.judge.place.choose(str(judged))
    panel.text.judge.every.setValue(2)
    trained(qtbot, training, explorer)
    film, stage = training.film, training.stage
    assert [step for step, _ in film.scores] == [0, 2, 3]
    assert training.charts.score.isVisible() and not training.charts.knn.isVisible()
    step, score = max(film.scores[1:], key=lambda pair: pair[1])
    serving = f"The weights of step {step} serve, with {score:.2f}."
    assert serving in training.charts.score.note.text()
    assert any(f"of step {step}, which scored best" in text for text in told(explorer))
    assert len(film.losses) == 3 and len(film.texts) == 12 and film.dimensions == 384
    assert film.texts[:6] == film.texts[6:] and not stage.pictures.isEnabled()
    assert "6 sentences never trained on" in stage.caption.text()
    panel.text.judge.place.choose("")
    assert panel.text.recipe().dev == "" and not panel.text.judge.every.isVisible()
    stage.canvas.hovered.emit(2)
    assert stage.caption.text().startswith(f"“{film.texts[2]}” Cosine to its other view 0.")
    assert panel.past.currentText().startswith("SimCSE on lines")
    click(qtbot, training.page.button("evaluation"))
    evaluation = training.evaluation
    qtbot.waitUntil(evaluation.text.isVisible, timeout=PATIENCE)
    assert evaluation.text.go.isEnabled() and not evaluation.go.isVisible()
    click(qtbot, training.page.button("learning"))


def test_the_open_project_is_offered_as_sentences(qtbot, training, explorer):
    panel = training.panel
    source = panel.text.source
    folder = str(explorer.session.project.folder)
    source.setCurrentIndex(source.findData("bundled"))
    explorer.session.project_changed.emit(explorer.session.project)
    assert source.currentData() == "bundled"  # offered, and not chosen
    source.setCurrentIndex(source.findData(folder))
    assert source.currentText() == "Bundled sample, the open project"
    assert panel.wanted().arguments["texts"].source == folder
    source.setCurrentIndex(0)


def test_the_form_for_sentences_shows_what_its_method_takes(qtbot, training):
    panel = training.panel
    text = panel.text
    assert text.views.isVisible() and not text.alpha.isVisible() and not text.weight.isVisible()
    text.views.setCurrentIndex(text.views.findData("delete-one"))
    text.views.activated.emit(text.views.currentIndex())
    assert text.alpha.isVisible() and text.recipe().views == "delete-one"
    choose_method(text, "simcse-nli")
    assert text.weight.isVisible() and not text.views.isVisible()
    text.weight.setValue(5.0)
    text.more.dropout.setValue(0.2)
    recipe = text.recipe()
    assert (recipe.method, recipe.hard_negative_weight, recipe.net.dropout) == (
        "simcse-nli",
        5,
        0.2,
    )
    assert recipe.settings.schedule == "linear" and recipe.net.head == "kept"


def test_models_that_a_method_needs_are_asked_for_where_it_is_chosen(
    qtbot, training, tmp_path, monkeypatch
):
    panel = training.panel
    text, helpers = panel.text, panel.text.helpers
    assert not helpers.isVisible()
    choose_method(text, "diffcse")
    assert helpers.generator.isVisible() and not helpers.there.isVisible()
    assert not text.views.isVisible() and text.numbers.temperature.isVisible()
    recipe = text.recipe()
    assert (recipe.generator, recipe.detection, recipe.masked) == ("", 0.005, 0.3)
    assert recipe.net.head == "none" and text.wanted().title == "DiffCSE"
    monkeypatch.setattr("explorer.views.training.places.QFileDialog", dialogs(tmp_path))
    click(qtbot, helpers.generator.browse)
    helpers.detection.setValue(0.1)
    assert (text.recipe().generator, text.recipe().detection) == (str(tmp_path), 0.1)
    choose_method(text, "simcse")
    assert not helpers.isVisible() and text.recipe().generator == ""
    text.views.setCurrentIndex(text.views.findData("back-translation"))
    text.views.activated.emit(text.views.currentIndex())
    assert helpers.there.isVisible() and helpers.back.isVisible() and not text.alpha.isVisible()
    click(qtbot, helpers.there.browse)
    assert (text.recipe().there, text.recipe().back) == (str(tmp_path), "")
    choose_method(text, "simcse-nli")
    assert text.source.itemText(0) == "Sample triplets" and text.recipe().there == ""


def test_back_translation_without_its_models_is_one_sentence(qtbot, training, explorer):
    panel = training.panel
    text = panel.text
    choose_method(text, "simcse")
    text.views.setCurrentIndex(text.views.findData("back-translation"))
    text.views.activated.emit(text.views.currentIndex())
    for place in (text.helpers.there, text.helpers.back):
        place.box.setCurrentIndex(0)
    click(qtbot, panel.go)
    qtbot.waitUntil(
        lambda: any("Back-translation takes two models" in line for line in told(explorer)),
        timeout=PATIENCE,
    )
    qtbot.waitUntil(lambda: not training.runs.running, timeout=PATIENCE)


def test_a_masked_language_model_has_neither_pairs_nor_a_temperature(qtbot, training):
    panel = training.panel
    text = panel.text
    choose_method(text, "mlm")
    hidden = (text.views, text.alpha, text.weight, text.numbers.temperature)
    assert not any(part.isVisible() for part in hidden)
    recipe = text.recipe()
    assert (recipe.method, recipe.net.pooling, recipe.net.head) == ("mlm", "mean", "none")
    assert recipe.settings.rate == 1e-4 and text.wanted().title == "Masked language model"
    choose_method(text, "simcse")
    assert text.views.isVisible() and text.numbers.temperature.isVisible()
