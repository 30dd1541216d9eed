"""Formulas are typeset in the theme's colour, whole at every size."""

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QVBoxLayout, QWidget
from running import PATIENCE

from explorer.theme import themes
from explorer.widgets.formula import Formula, typesetter

LATEX = r"\log \frac{e^{x/\tau}}{\sum_{i=1}^{M} e^{y_i/\tau}}"
WORDS = "The log of a share."


@pytest.fixture
def sheet(qtbot):
    """A formula in a column of a window 500 pixels wide."""
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    window.formula = Formula(LATEX, WORDS)
    column.addWidget(window.formula)
    column.addStretch(1)
    window.resize(500, 300)
    window.show()
    qtbot.waitUntil(lambda: window.formula.is_set, timeout=PATIENCE)
    yield window
    qtbot.waitUntil(lambda: not typesetter()._busy, timeout=PATIENCE)


def ink(widget, color):
    """(H, W): how far each pixel is from the background, and whether ``color`` itself occurs."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    data = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)
    pixels = data[:, : image.width(), 2::-1].astype(int)
    wanted = QColor(color)
    there = (np.abs(pixels - (wanted.red(), wanted.green(), wanted.blue())).sum(2) < 12).any()
    return np.abs(pixels - pixels[0, -1]).sum(2), there


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_the_letters_have_the_colour_of_text_and_none_is_cut(sheet, qtbot, mode, scale):
    formula = sheet.formula
    themes().set_mode(mode)
    themes().set_scale(scale)
    qtbot.waitUntil(lambda: formula.height() >= formula.heightForWidth(formula.width()))
    marks, there = ink(formula, themes().current.text)
    assert there
    assert (marks > 60).mean() > 0.005
    # The last rows and columns of the widget are free, or something would go on beyond them.
    assert not (marks[:, -1] > 60).any()
    rows, columns = np.nonzero(marks > 60)
    assert np.ptp(rows) > 0.9 * (formula.sizeHint().height() - 3)
    assert np.ptp(columns) > 0.9 * (formula.sizeHint().width() - 3)


def test_it_grows_with_the_text(sheet):
    before = sheet.formula.sizeHint()
    themes().set_scale(2.0)
    after = sheet.formula.sizeHint()
    assert after.width() == pytest.approx(2 * before.width(), rel=0.1)
    assert after.height() == pytest.approx(2 * before.height(), rel=0.1)


def test_it_shrinks_where_room_is_short(sheet, qtbot):
    formula, full = sheet.formula, sheet.formula.sizeHint()
    sheet.resize(full.width() // 2, 300)
    qtbot.waitUntil(lambda: formula.width() < full.width())
    marks, _ = ink(formula, themes().current.text)
    assert not (marks[:, -1] > 60).any()
    assert formula.heightForWidth(full.width() // 2) < full.height()


def test_who_listens_hears_words(sheet):
    assert sheet.formula.accessibleName() == WORDS


def test_until_it_is_set_it_shows_its_words_and_a_bad_one_goes_on_doing_so(qtbot, caplog):
    formula = Formula(r"\frac{a", WORDS)
    qtbot.addWidget(formula)
    formula.resize(300, 40)
    formula.show()
    marks, _ = ink(formula, themes().current.muted)
    assert not formula.is_set and (marks > 60).any()
    qtbot.waitUntil(lambda: "could not be set" in caplog.text or formula.is_set, timeout=PATIENCE)
    qtbot.waitUntil(lambda: not typesetter()._busy, timeout=PATIENCE)
    assert not formula.is_set
    good = Formula(r"a + b_{17}", "a plus b seventeen")  # one that failed does not stop the next
    qtbot.addWidget(good)
    qtbot.waitUntil(lambda: good.is_set, timeout=PATIENCE)
    qtbot.waitUntil(lambda: not typesetter()._busy, timeout=PATIENCE)
