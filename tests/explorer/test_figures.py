import pytest
from PySide6.QtCore import Qt

from explorer.theme import themes
from explorer.widgets import ElidedLabel, Label
from explorer.widgets.figures import FigureGrid, FigureLine, highest

LINES = (
    FigureLine("In percent", ("top-1", "top-20"), role="caption"),
    FigureLine("BM25", ("31.0", "62.4"), "bm25", best=(1,), about="By words alone."),
    FigureLine("Trained here", ("9.5", "48.0"), "run", muted=(0,), apart=True),
    FigureLine("As the paper has it", ("52.1", "79.4"), "paper", published=True),
)


@pytest.fixture
def grid(qtbot):
    grid = FigureGrid()
    qtbot.addWidget(grid)
    grid.show_lines(LINES)
    grid.resize(400, 200)
    grid.show()
    return grid


def shown(grid):
    return [label.text() for label in grid.findChildren(Label) if label.isVisible()]


def test_every_line_is_shown_and_found_by_its_key(grid):
    assert shown(grid) == [text for line in LINES for text in (line.name, *line.figures)]
    assert list(grid.cells) == ["bm25", "run", "paper"]
    assert [cell.text() for cell in grid.cells["run"]] == ["9.5", "48.0"]


def test_figures_end_at_the_same_edge_and_the_best_is_bold(grid):
    for place in (0, 1):
        cells = [line[place] for line in grid.cells.values()]
        assert len({cell.geometry().right() for cell in cells}) == 1
        assert all(cell.alignment() & Qt.AlignmentFlag.AlignRight for cell in cells)
    bold = {key: [c.font().bold() for c in line] for key, line in grid.cells.items()}
    assert bold == {"bm25": [False, True], "run": [False, False], "paper": [False, False]}
    assert [c.font().italic() for c in grid.cells["paper"]] == [True, True]
    assert [c.property("role") for c in grid.cells["run"]] == ["muted", "body"]


def test_a_line_stands_apart_where_it_is_to(grid):
    tops = [grid.cells[key][0].geometry().top() for key in ("bm25", "run", "paper")]
    assert tops[1] - tops[0] > tops[2] - tops[1]


def test_a_name_tells_what_it_is_or_all_of_itself(grid):
    names = {label.text(): label for label in grid.findChildren(Label)}
    assert "By words alone." in names["BM25"].toolTip()
    grid.resize(190, 200)
    assert isinstance(names["As the paper has it"], ElidedLabel)
    assert "As the paper has it" in names["As the paper has it"].toolTip()
    assert grid.cells["paper"][1].geometry().right() < 190


def test_other_lines_replace_all_that_was_there(grid, qtbot):
    grid.show_lines(LINES[:1])
    assert grid.cells == {}
    qtbot.waitUntil(lambda: shown(grid) == ["In percent", "top-1", "top-20"])
    grid.show_lines(())
    assert shown(grid) == []


def test_figures_follow_the_size_of_text(grid):
    before = grid.sizeHint()
    themes().set_scale(2.0)
    after = grid.sizeHint()
    assert after.width() > 1.6 * before.width() and after.height() > 1.6 * before.height()


def test_the_highest_of_each_column_is_found():
    rows = [(1.0, None, 3.0), (2.0, None, 3.0), (None, None, 1.0)]
    assert highest(rows) == [{2}, {0, 2}, set()]
    assert highest([]) == []
