"""What Qt would abort over, said in one sentence before Qt is touched."""

import ctypes
import importlib.util
import os
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from models.errors import InputError

# Library → the Debian and Ubuntu package that holds it.
_EVERY = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
}
_PLUGIN = {
    "xcb": {
        "libX11-xcb.so.1": "libx11-xcb1",
        "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
        "libxcb-cursor.so.0": "libxcb-cursor0",
        "libxcb-icccm.so.4": "libxcb-icccm4",
        "libxcb-image.so.0": "libxcb-image0",
        "libxcb-keysyms.so.1": "libxcb-keysyms1",
        "libxcb-randr.so.0": "libxcb-randr0",
        "libxcb-render-util.so.0": "libxcb-render-util0",
        "libxcb-shape.so.0": "libxcb-shape0",
        "libxcb-shm.so.0": "libxcb-shm0",
        "libxcb-sync.so.1": "libxcb-sync1",
        "libxcb-xfixes.so.0": "libxcb-xfixes0",
        "libxcb-xkb.so.1": "libxcb-xkb1",
    },
    "wayland": {
        "libwayland-client.so.0": "libwayland-client0",
        "libwayland-cursor.so.0": "libwayland-cursor0",
    },
}

Load = Callable[[str], Any]
Connect = Callable[[str, Mapping[str, str]], bool]


def problem(
    environ: Mapping[str, str] = os.environ,
    platform: str = sys.platform,
    load: Load = ctypes.CDLL,
    connect: Connect | None = None,
) -> InputError | None:
    """Why no window can open here, or None when one can.

    Qt's own answer to a missing library or display is to abort the process. Only Linux knows the
    trouble; elsewhere the wheels bring all they need. ``load`` and ``connect`` are for tests.
    """
    if not platform.startswith("linux"):
        return None
    plugins = _plugins(environ)
    if not plugins:
        return InputError(
            "There is no display to open a window on: neither DISPLAY nor WAYLAND_DISPLAY is set; "
            "start the program from a desktop session, or through `ssh -X` or `xvfb-run`."
        )
    # Qt tries its plugins in turn, so one that works is enough; the last one says what to mend.
    troubles = [_trouble(plugin, environ, load, connect or _connects) for plugin in plugins]
    return troubles[-1] if all(troubles) else None


def _plugins(environ: Mapping[str, str]) -> tuple[str, ...]:
    chosen = environ.get("QT_QPA_PLATFORM", "").strip()
    if chosen:
        return tuple(name.split(":")[0].strip() for name in chosen.split(";"))
    found = {"WAYLAND_DISPLAY": "wayland", "DISPLAY": "xcb"}
    return tuple(plugin for name, plugin in found.items() if environ.get(name))


def _trouble(
    plugin: str, environ: Mapping[str, str], load: Load, connect: Connect
) -> InputError | None:
    family = "wayland" if plugin.startswith("wayland") else plugin
    missing = _missing({**_EVERY, **_PLUGIN.get(family, {})}, load)
    if missing:
        return InputError(
            f"Qt needs system libraries that are missing here: {', '.join(missing)}; on Debian or "
            f"Ubuntu, `sudo apt install {' '.join(missing.values())}` brings them."
        )
    if family not in _PLUGIN:
        return None
    variable = "DISPLAY" if family == "xcb" else "WAYLAND_DISPLAY"
    if not connect(family, environ):
        display = environ.get(variable)
        state = f"{variable} is {display}, which does not answer" if display else "it is not set"
        return InputError(
            f"The display named by {variable} cannot be opened ({state}); start the program from "
            "a desktop session, or through `ssh -X` or `xvfb-run`."
        )
    return _plugin_trouble(family, load)


def _missing(libraries: Mapping[str, str], load: Load) -> dict[str, str]:
    missing = {}
    for name, package in libraries.items():
        try:
            load(name)
        except OSError:
            missing[name] = package
    return missing


def _plugin_trouble(plugin: str, load: Load) -> InputError | None:
    """Catches what the lists above do not know, such as a C library older than Qt's."""
    package = importlib.util.find_spec("PySide6")
    if package is None or not package.submodule_search_locations:
        return InputError(
            "PySide6 is not installed in this Python; `pip install PySide6-Essentials` brings it."
        )
    path = Path(package.submodule_search_locations[0], "Qt", "plugins", "platforms")
    library = path / f"libq{plugin}.so"
    if not library.exists():  # a Qt of the distribution lies elsewhere and was linked there
        return None
    try:
        load(str(library))
    except OSError as error:
        return InputError(f"Qt cannot start here, because a system library is missing: {error}.")
    return None


def _connects(plugin: str, environ: Mapping[str, str]) -> bool:
    return _wayland_answers(environ) if plugin == "wayland" else _x_answers(environ)


def _x_answers(environ: Mapping[str, str]) -> bool:
    """Opens the display as Qt will, authorisation included."""
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(os.fsencode(environ.get("DISPLAY", "")), None)
    try:
        return bool(xcb.xcb_connection_has_error(connection) == 0)
    finally:
        xcb.xcb_disconnect(connection)


def _wayland_answers(environ: Mapping[str, str]) -> bool:
    if environ.get("WAYLAND_SOCKET"):
        return True
    folder = environ.get("XDG_RUNTIME_DIR", "")
    path = Path(folder, environ.get("WAYLAND_DISPLAY") or "wayland-0")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True
