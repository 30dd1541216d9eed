"""The Training workspace on questions: its form, the two colours, what is found, and tables."""

import json

import pytest
from running import PATIENCE, click, told
from training_kit import enter, leave, pick, rows_of, settled

from models.data.drafts import Columns
from models.evaluation.dual import KS, kept_dual
from models.training.negatives import Negatives
from models.training.recipes.dpr import PRESETS


@pytest.fixture
def training(qtbot, explorer, home, monkeypatch):
    """The view on questions, in folders of this test."""
    monkeypatch.setenv("CONTRASTIVE_EXPLORER_HOME", str(home))
    view = enter(qtbot, explorer, "question")
    yield view
    leave(qtbot, explorer, view)
    form = view.panel.questions
    for box in (form.data.box, form.data.corpus, form.preset):
        box.setCurrentIndex(0)
        box.activated.emit(0)
    form.numbers.limit.setValue(0)
    form.open_more.setChecked(False)
    settled(qtbot, view, explorer)


@pytest.fixture
def squad(tmp_path):
    """Ten articles of two short paragraphs with two questions each."""
    data = [
        {
            "title": f"Town {a}",
            "paragraphs": [
                {
                    "context": f"Town {a} part {p} was founded in {1800 + 10 * a + p}.",
                    "qas": [
                        {
                            "id": f"{a}{p}{q}",
                            "question": f"{'When' if q else 'In which year'} began {a} part {p}?",
                            "answers": [{"text": str(1800 + 10 * a + p), "answer_start": 0}],
                        }
                        for q in range(2)
                    ],
                }
                for p in range(2)
            ],
        }
        for a in range(10)
    ]
    path = tmp_path / "towns.json"
    path.write_text(json.dumps({"version": "1.1", "data": data}))
    return path


def test_the_form_describes_the_papers_recipe_and_says_where_it_is_not(training):
    form = training.panel.questions
    assert form.isVisible() and not training.panel.form.isVisible()
    assert form.wanted().method == "dpr" and form.recipe() == PRESETS["laptop"]
    assert "mean of all tokens" in form.deviations.text()
    pick(form.preset, "paper")
    assert form.recipe().settings.batch == 128 and form.recipe().chunk == 16
    assert form.recipe().negatives == Negatives(pool=1)
    assert not form.deviations.isVisible()
    pick(form.shared, True)
    assert form.recipe().shared and "one encoder serves" in form.deviations.text()
    pick(form.negatives, "own-gold")
    made = form.recipe().negatives
    assert (made.in_batch, made.hard, made.gold, made.random) == (False, 0, 7, 0)
    assert form.why.text().startswith("Gold passages")
    pick(form.preset, "paper")
    assert form.recipe() == PRESETS["paper"]


def test_the_cosine_has_a_temperature_and_the_mask_is_told(qtbot, training):
    form = training.panel.questions
    click(qtbot, form.open_more)
    assert form.numbers.temperature.isVisible() and form.recipe().temperature == 0.05
    pick(form.more.similarity, "dot")
    assert not form.numbers.temperature.isVisible() and form.recipe().temperature == 1
    assert "cosine" not in form.deviations.text()
    click(qtbot, form.more.mask)
    assert form.recipe().negatives.mask and "left out" in form.deviations.text()
    pick(form.preset, "laptop")
    assert form.recipe() == PRESETS["laptop"] and "cosine" in form.deviations.text()


def test_columns_of_a_table_can_be_named(qtbot, training, explorer, tmp_path):
    data = training.panel.questions.data
    table = tmp_path / "faq.csv"
    table.write_text("frage,absatz,falsch\nwas,das,nicht\n")
    assert not data.columns.isVisible()
    data.add_source(str(table))
    qtbot.waitUntil(data.columns.isVisible, timeout=PATIENCE)
    pick(data.uses["question"], "frage")
    pick(data.uses["passage"], "absatz")
    source = training.panel.wanted().arguments["questions"]
    assert source.columns == Columns("frage", "absatz", None) and source.source == str(table)
    pick(data.box, "bundled")
    assert not data.columns.isVisible()
    assert training.panel.wanted().arguments["questions"].columns == Columns()
    broken = tmp_path / "broken.csv"
    broken.write_bytes(b"\x00\x01\x02" * 100)
    data.add_source(str(broken))
    qtbot.waitUntil(lambda: any("broken.csv" in text for text in told(explorer)))


def test_the_open_project_can_be_searched(training, explorer):
    data = training.panel.questions.data
    folder = str(explorer.session.project.folder)
    assert data.questions(None).corpus == ""
    pick(data.corpus, folder)
    assert data.corpus.currentText() == "Bundled sample, the open project"
    assert training.panel.wanted().arguments["questions"].corpus == folder


def test_questions_are_watched_on_their_way_to_their_passages(qtbot, training, explorer, squad):
    panel, stage = training.panel, training.stage
    form = panel.questions
    form.add_source(str(squad))
    form.numbers.batch.setValue(4)
    form.numbers.length.setValue(2)
    form.more.probe.setValue(4)
    click(qtbot, panel.go)
    qtbot.waitUntil(lambda: training.runs.running, timeout=PATIENCE)
    settled(qtbot, training, explorer)
    qtbot.waitUntil(lambda: any("top-1" in text for text in told(explorer)), timeout=PATIENCE)
    film = training.film
    assert film.asked and film.classes == ("Questions", "Passages")
    assert film.labels.tolist() == [0] * 4 + [1] * 4
    assert stage.legend.accessibleName() == "Classes: Questions, Passages"
    assert "4 questions never trained on, each with its passage" in stage.caption.text()
    stage.canvas.hovered.emit(1)
    assert film.texts[1] in stage.caption.text() and "Cosine to its passage" in stage.caption.text()
    stage.canvas.hovered.emit(5)
    assert "Town" in stage.caption.text() and "Cosine to its question" in stage.caption.text()
    charts = training.charts
    assert charts.knn.chart.accessibleName() == "Top-1 accuracy"
    assert "own passage highest" in charts.knn.note.text()
    found_by_measuring(qtbot, training, explorer)


def found_by_measuring(qtbot, training, explorer):
    """The run is held against BM25 and its base, in the table and on disk."""
    click(qtbot, training.page.button("evaluation"))
    dual = training.evaluation.dual
    qtbot.waitUntil(lambda: dual.isVisible() and dual.go.isEnabled(), timeout=PATIENCE)
    assert not training.evaluation.go.isVisible() and not dual.table.isVisible()
    click(qtbot, dual.go)
    qtbot.waitUntil(dual.table.isVisible, timeout=PATIENCE)
    settled(qtbot, training, explorer)
    scores = kept_dual(training.runs.folder)
    assert scores is not None and scores.passages == 20
    for name, figures in scores.methods:
        cells = [cell.text() for cell in dual.table.cells[name]]
        assert cells == [f"{figures[f'top{k}']:.1f}" for k in KS]
    assert "8 held questions" in dual.about.text()
    click(qtbot, training.page.button("runs"))
    rows = rows_of(training.comparing)
    assert rows[0] == ["Run", "top-1", "top-20"]
    assert rows[1][1:] == [f"{scores.after[f'top{k}']:.1f}%" for k in (1, 20)]


def test_what_cannot_be_used_is_told(qtbot, training, explorer, tmp_path):
    table = tmp_path / "few.tsv"
    rows = [f"question {n} ?\tpassage {n} {s}\t{int(n < 3 > s)}" for n in range(6) for s in (2, 3)]
    table.write_text("\n".join(rows))
    training.panel.questions.add_source(str(table))
    click(qtbot, training.panel.go)
    qtbot.waitUntil(
        lambda: any("gives 3 questions" in text for text in told(explorer)), timeout=PATIENCE
    )
    settled(qtbot, training, explorer)
