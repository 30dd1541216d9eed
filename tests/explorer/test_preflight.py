import subprocess
import sys

import pytest

from explorer import preflight
from models.errors import InputError


def everything(name):
    return name


def without(*missing):
    def load(name):
        if name in missing:
            raise OSError(f"{name}: cannot open shared object file")
        return name

    return load


def answers(family, environ):
    return True


def silence(family, environ):
    return False


def problem(environ, load=everything, connect=answers, platform="linux"):
    return preflight.problem(environ, platform, load, connect)


def test_a_sound_desktop_passes():
    assert problem({"DISPLAY": ":0"}) is None


def test_other_systems_are_not_examined():
    assert problem({}, without("libEGL.so.1"), silence, platform="win32") is None


def test_missing_libraries_are_named_with_their_packages_and_no_others():
    error = problem({"DISPLAY": ":0"}, without("libxcb-cursor.so.0", "libEGL.so.1"))
    assert isinstance(error, InputError)
    assert "libxcb-cursor.so.0" in str(error)
    assert "`sudo apt install libegl1 libxcb-cursor0`" in str(error)
    assert "icccm" not in str(error)


def test_offscreen_needs_neither_display_nor_xcb_libraries():
    environ = {"QT_QPA_PLATFORM": "offscreen"}
    assert problem(environ, without("libxcb-cursor.so.0"), silence) is None
    assert "libfontconfig1" in str(problem(environ, without("libfontconfig.so.1")))


def test_without_a_display_the_sentence_names_the_remedy():
    error = str(problem({}))
    assert "DISPLAY" in error and "xvfb-run" in error


def test_a_display_that_does_not_answer_is_named():
    error = str(problem({"DISPLAY": ":42"}, connect=silence))
    assert "DISPLAY is :42, which does not answer" in error


def test_one_plugin_that_works_is_enough():
    def only_x(family, environ):
        return family == "xcb"

    environ = {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-9"}
    assert problem(environ, connect=only_x) is None
    assert problem(environ, connect=silence) is not None
    assert problem({"QT_QPA_PLATFORM": "wayland;xcb"}, connect=only_x) is None


def test_what_the_lists_do_not_know_is_still_a_sentence():
    def load(name):
        if name.endswith("libqxcb.so"):
            raise OSError("libxcb-unheard-of.so.7: cannot open shared object file")

    assert "libxcb-unheard-of.so.7" in str(problem({"DISPLAY": ":0"}, load))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks X and Wayland sockets")
@pytest.mark.parametrize(
    "environ",
    [
        {"DISPLAY": ":987"},
        {"DISPLAY": "not a display"},
        {"WAYLAND_DISPLAY": "wayland-987", "XDG_RUNTIME_DIR": "/nowhere"},
    ],
)
def test_real_sockets_that_nobody_listens_on(environ):
    assert "does not answer" in str(preflight.problem(environ, "linux", everything))


def test_it_needs_no_qt():
    code = "import sys, explorer.preflight; print([m for m in sys.modules if 'PySide6' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
