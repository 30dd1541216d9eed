"""A corpus of one's own: dropped, looked at, set up, indexed, refused with a sentence."""

import csv

import pytest
from PySide6.QtCore import Qt
from running import CONTROL, PATIENCE, ask, click, dialogs, drop, idle, told

from explorer.corpus import encoder_form, sheet, sources
from models.project import Project
from models.vectors import encode

BODIES = (
    "The lighthouse keeper counted ships in the fog.",
    "Sourdough bread rises slowly in a cool kitchen.",
    "A violin maker chooses spruce for the top.",
)
SHORT = ("ships", "bread", "violins")


@pytest.fixture
def table(tmp_path):
    """A table with two columns that could be the text."""
    path = tmp_path / "notes.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "title", "text", "about"))
        for number, (body, short) in enumerate(zip(BODIES, SHORT, strict=True)):
            writer.writerow((number, f"Note {number}", body, short))
    return path


@pytest.fixture
def opened(qtbot, explorer):
    """Drops files, gives the sheet, and opens the sample again in the end."""
    project, searcher = explorer.session.project, explorer.session.searcher

    def drop_on(*paths):
        drop(explorer.window, *paths)
        (found,) = visible(explorer)
        return found

    yield drop_on
    qtbot.waitUntil(lambda: idle(explorer), timeout=PATIENCE)
    if explorer.session.project is not project:
        explorer.session.open(project)
        explorer.session.attach(searcher)


def visible(explorer):
    return [s for s in explorer.window.findChildren(sheet.CorpusSheet) if s.isVisible()]


def previewed(qtbot, corpus):
    qtbot.waitUntil(corpus.sources.columns.isVisible, timeout=PATIENCE)


def pick(qtbot, box, text):
    """Chooses an entry of a folded list with the keyboard."""
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Home)
    for _ in range(box.findText(text)):
        qtbot.keyClick(box, Qt.Key.Key_Down)
    assert box.currentText() == text


def enter(qtbot, field, text):
    field.selectAll()
    qtbot.keyClicks(field, text)


def index(qtbot, explorer, corpus):
    """Clicks Index and waits until the new project can be searched."""
    with qtbot.waitSignal(explorer.opener.opened, timeout=PATIENCE):
        click(qtbot, corpus.go)
    qtbot.waitUntil(lambda: explorer.session.searcher is not None, timeout=PATIENCE)
    return explorer.session.project


def test_a_dropped_table_shows_its_rows_and_guesses_its_columns(qtbot, opened, table):
    corpus = opened(table)
    previewed(qtbot, corpus)
    form = corpus.sources
    assert [form.list.item(0).text()] == [str(table)]
    headers = [form.table.horizontalHeaderItem(at).text() for at in range(4)]
    assert headers == ["id", "title", "text", "about"]
    assert form.table.item(0, 2).text() == BODIES[0]
    assert (form.text_column.currentText(), form.title_column.currentText()) == ("text", "title")
    assert corpus.name.text() == "notes" and corpus.folder.text().endswith("projects/notes")
    assert corpus.go.isEnabled() and corpus.go.hasFocus()


def test_the_chosen_text_column_is_the_one_that_is_indexed(qtbot, explorer, opened, table):
    corpus = opened(table)
    previewed(qtbot, corpus)
    pick(qtbot, corpus.sources.text_column, "about")
    pick(qtbot, corpus.sources.title_column, "(none)")
    project = index(qtbot, explorer, corpus)
    assert project.passages.column("text") == list(SHORT)
    assert set(project.passages.column("title")) == {""}
    assert project.manifest.recipe.reading.text_column == "about"


def test_index_builds_the_project_and_its_question_is_answered(qtbot, explorer, opened, table):
    corpus = opened(table)
    previewed(qtbot, corpus)
    enter(qtbot, corpus.name, "My notes")
    assert corpus.folder.text().endswith("My-notes")
    project = index(qtbot, explorer, corpus)
    assert project.manifest.name == "My notes" and project.folder.name == "My-notes"
    header = explorer.window.header.content
    assert header.name.text() == "My notes" and header.size.text() == "3 passages"
    assert explorer.settings.current.last_project == str(project.folder)
    ask(qtbot, explorer, "stringed instruments")
    assert explorer.session.answer.hits["dense"][0].row == 2
    assert told(explorer) == []


def test_everything_set_in_the_sheet_reaches_the_recipe(qtbot, opened, table, tmp_path):
    corpus = opened(table)
    previewed(qtbot, corpus)
    enter(qtbot, corpus.words, "40")
    enter(qtbot, corpus.overlap, "15")
    pick(qtbot, corpus.titles, "never")
    pick(qtbot, corpus.index, "HNSW, fast")
    pick(qtbot, corpus.encoder.kind, "A model folder on disk, or a run")
    assert not corpus.go.isEnabled(), "an encoder without a name"
    enter(qtbot, corpus.encoder.first, str(tmp_path))
    pick(qtbot, corpus.encoder.overrides["pooling"], "max")
    pick(qtbot, corpus.encoder.overrides["normalize"], "no")
    recipe = corpus.recipe()
    assert recipe.sources == (str(table),)
    assert (recipe.cutting.words, recipe.cutting.overlap) == (40, 15)
    assert recipe.titles is False and recipe.index.kind == "hnsw"
    assert recipe.encoder == str(tmp_path)
    assert recipe.overrides == {"pooling": "max", "normalize": False}
    enter(qtbot, corpus.words, "10")
    assert corpus.recipe().cutting.overlap == 9, "less than a passage"
    enter(qtbot, corpus.words, "0")
    assert corpus.recipe().cutting.words == 0 and not corpus.overlap.isEnabled()
    pick(qtbot, corpus.encoder.kind, "A question and a context encoder on disk (DPR)")
    enter(qtbot, corpus.encoder.first, "/a")
    assert not corpus.go.isEnabled()
    enter(qtbot, corpus.encoder.second, "/b")
    assert corpus.recipe().encoder == "/a,/b"


def test_overrides_change_the_vectors(qtbot, explorer, opened, table):
    corpus = opened(table)
    previewed(qtbot, corpus)
    pick(qtbot, corpus.titles, "never")
    pick(qtbot, corpus.encoder.overrides["pooling"], "[CLS]")
    project = index(qtbot, explorer, corpus)
    assert project.manifest.encoder.conventions.pooling == "cls"
    mean = encode(list(BODIES), "bundled").array
    assert abs(project.vectors.array - mean).max() > 0.01


def test_the_encoder_says_its_conventions(qtbot, opened, table):
    corpus = opened(table)
    click(qtbot, corpus.encoder.read)
    card = corpus.encoder.card
    qtbot.waitUntil(lambda: "384 dimensions" in card.text(), timeout=PATIENCE)
    assert "mean pooling, normalised, compared by cosine, up to 256 tokens" in card.text()
    pick(qtbot, corpus.encoder.overrides["similarity"], "dot product")
    assert card.text() == "", "what was read no longer holds"


def test_files_and_folders_can_be_added_and_removed(
    qtbot, explorer, opened, table, tmp_path, monkeypatch
):
    qtbot.keyClick(explorer.window, Qt.Key.Key_O, CONTROL)
    (corpus,) = visible(explorer)
    assert not corpus.go.isEnabled() and corpus.sources.add_files.hasFocus()
    monkeypatch.setattr(sources, "QFileDialog", dialogs(table))
    click(qtbot, corpus.sources.add_files)
    assert corpus.sources.paths == [table]
    previewed(qtbot, corpus)
    click(qtbot, corpus.sources.add_files)
    assert corpus.sources.paths == [table], "once is enough"
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.txt").write_text("One text.")
    assert opened(other) is corpus, "a drop on the sheet adds to it"
    assert corpus.sources.paths == [table, other]
    assert not corpus.sources.remove.isEnabled()
    rows = corpus.sources.list
    qtbot.mouseClick(
        rows.viewport(), Qt.MouseButton.LeftButton, pos=rows.visualItemRect(rows.item(0)).center()
    )
    click(qtbot, corpus.sources.remove)
    assert corpus.sources.paths == [other] and not corpus.sources.columns.isVisible()
    assert corpus.name.text() == "other"


def test_another_folder_can_be_typed_or_chosen(qtbot, opened, table, tmp_path, monkeypatch):
    corpus = opened(table)
    enter(qtbot, corpus.folder, str(tmp_path / "mine"))
    assert corpus.folder.text() == str(tmp_path / "mine")
    previewed(qtbot, corpus)
    assert corpus.folder.text() == str(tmp_path / "mine"), "the preview leaves it alone"
    monkeypatch.setattr(sheet, "QFileDialog", dialogs(tmp_path / "chosen"))
    click(qtbot, corpus.browse)
    assert corpus.folder.text() == str(tmp_path / "chosen")
    monkeypatch.setattr(encoder_form, "QFileDialog", dialogs(tmp_path / "model"))
    pick(qtbot, corpus.encoder.kind, "A model folder on disk, or a run")
    click(qtbot, corpus.encoder.browse_first)
    assert corpus.encoder.name() == str(tmp_path / "model")


def test_a_namesake_does_not_take_the_place_of_another_project(qtbot, explorer, opened, tmp_path):
    folders = []
    for name in ("first", "second"):
        path = tmp_path / name / "letters.txt"
        path.parent.mkdir()
        path.write_text(f"A letter from the {name}.")
        corpus = opened(path)
        folders.append(index(qtbot, explorer, corpus).folder)
    assert [folder.name for folder in folders] == ["letters", "letters-2"]
    assert Project.open(folders[0]).passages[0].text == "A letter from the first."
    again = opened(tmp_path / "second" / "letters.txt")
    assert again.folder.text() == str(folders[1]), "the same sources go on in their folder"


def test_escape_gives_up_and_nothing_is_built(qtbot, explorer, opened, table):
    corpus = opened(table)
    qtbot.keyClick(corpus, Qt.Key.Key_Escape)
    assert visible(explorer) == []
    qtbot.waitUntil(lambda: idle(explorer), timeout=PATIENCE)
    assert told(explorer) == []
    assert explorer.session.project.manifest.name == "Bundled sample"


def refused(qtbot, explorer, corpus, words):
    """Clicks Index; one message with ``words`` comes, and the open project stays."""
    project, searcher = explorer.session.project, explorer.session.searcher
    click(qtbot, corpus.go)
    qtbot.waitUntil(lambda: bool(told(explorer)), timeout=PATIENCE)
    qtbot.waitUntil(lambda: idle(explorer), timeout=PATIENCE)
    (toast,) = explorer.window.toasts.toasts
    assert words in toast.notice.text and toast.notice.kind == "error"
    assert not toast.notice.details, "a sentence, not a traceback"
    assert explorer.session.project is project and explorer.session.searcher is searcher
    ask(qtbot, explorer, "dropout")
    assert explorer.session.answer.hits["dense"]


def test_a_column_that_is_gone_is_one_sentence(qtbot, explorer, opened, table):
    corpus = opened(table)
    previewed(qtbot, corpus)
    pick(qtbot, corpus.sources.text_column, "about")
    table.write_text("id,title,text\n1,One,Some text\n")
    refused(qtbot, explorer, corpus, "about")


def test_an_empty_folder_is_one_sentence(qtbot, explorer, opened, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    refused(qtbot, explorer, opened(empty), str(empty))


def test_a_model_that_is_a_pickle_is_refused(qtbot, explorer, opened, table, tmp_path):
    model = tmp_path / "model"
    model.mkdir()
    (model / "config.json").write_text('{"model_type": "bert", "architectures": ["BertModel"]}')
    (model / "pytorch_model.bin").write_bytes(b"\x80\x04.")
    corpus = opened(table)
    pick(qtbot, corpus.encoder.kind, "A model folder on disk, or a run")
    enter(qtbot, corpus.encoder.first, str(model))
    refused(qtbot, explorer, corpus, "pickle")


def test_a_folder_of_other_files_is_not_overwritten(qtbot, explorer, opened, table, tmp_path):
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "letter.txt").write_text("mine")
    corpus = opened(table)
    enter(qtbot, corpus.folder, str(taken))
    refused(qtbot, explorer, corpus, "choose an empty folder")
    assert [path.name for path in taken.iterdir()] == ["letter.txt"]


def test_bad_records_among_good_ones_are_counted_and_listed(qtbot, explorer, opened, tmp_path):
    path = tmp_path / "lines.jsonl"
    path.write_text('{"text": "One good line."}\n{"text": \n{"text": "And another."}\n')
    corpus = opened(path)
    previewed(qtbot, corpus)
    assert len(index(qtbot, explorer, corpus).passages) == 2
    (toast,) = explorer.window.toasts.toasts
    assert toast.notice.text == "One record could not be used as it is."
    assert "lines.jsonl" in toast.notice.details


def test_the_index_is_suggested_by_the_size_of_the_files(qtbot, explorer, opened, tmp_path):
    path = tmp_path / "many.tsv"
    path.write_text("id\ttext\n" + "\n".join(f"{n:06d}\tA short text." for n in range(400_000)))
    corpus = opened(path)
    qtbot.waitUntil(lambda: corpus.suited.text() != "", timeout=PATIENCE)
    assert corpus.suited.text().startswith("About 400,000 passages, by the size of the files. ")
    assert "IVF-PQ" in corpus.suited.text()
    assert corpus.index.currentData() == "ivfpq" and corpus.recipe().index.kind == "ivfpq"
    pick(qtbot, corpus.index, "HNSW, fast")
    corpus.words.setValue(50)
    qtbot.waitUntil(lambda: not corpus._sizing.busy, timeout=PATIENCE)
    assert corpus.index.currentData() == "hnsw", "what was chosen by hand stays"
    qtbot.keyClick(corpus, Qt.Key.Key_Escape)


def test_a_small_corpus_is_searched_exactly(qtbot, explorer, opened, table):
    corpus = opened(table)
    qtbot.waitUntil(lambda: corpus.suited.text() != "", timeout=PATIENCE)
    assert "Exact search is quick enough" in corpus.suited.text()
    assert corpus.index.currentData() == "flat"
    qtbot.keyClick(corpus, Qt.Key.Key_Escape)
