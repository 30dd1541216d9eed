import json
from pathlib import Path

import pytest

from explorer.settings import Settings, SettingsStore, load
from models.errors import InputError


@pytest.fixture
def path(home):
    return home / "settings.json"


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")


def backups(path):
    return sorted(path.parent.glob("settings.broken-*.json"))


def test_the_first_start_has_defaults_and_says_nothing(path):
    assert load(path) == (Settings(), "")


def test_changes_outlive_the_program(qtbot, path):
    store = SettingsStore()
    store.update(theme="dark", scale=1.4, recent_projects=("/a", "/b"))
    store.update_view("sphere", technique="umap")
    store.update_view("sphere", spin=True)
    store.flush()
    again = SettingsStore()
    assert again.current == store.current
    assert again.view("sphere") == {"technique": "umap", "spin": True}
    assert again.view("unheard of") == {}
    assert again.notice == ""


def test_changes_are_told_once_and_reach_the_disk_by_themselves(qtbot, path):
    store = SettingsStore()
    heard = []
    store.changed.connect(heard.append)
    store.update(workspace="retrieval")
    store.update(workspace="retrieval")
    assert [settings.workspace for settings in heard] == ["retrieval"]
    assert not path.exists()
    qtbot.waitUntil(path.exists)
    assert json.loads(path.read_text("utf-8"))["workspace"] == "retrieval"


def test_nothing_is_written_where_nothing_changed(qtbot, path):
    SettingsStore().flush()
    assert not path.exists()


def test_keys_of_newer_versions_are_kept(qtbot, path):
    write(path, {"theme": "light", "from_the_future": {"deep": [1, 2]}})
    store = SettingsStore()
    assert store.notice == ""
    store.update(theme="dark")
    store.flush()
    stored = json.loads(path.read_text("utf-8"))
    assert stored["from_the_future"] == {"deep": [1, 2]} and stored["theme"] == "dark"


@pytest.mark.parametrize("content", ["{", "", "[1, 2]", '"text"', "[" * 100_000, "\ud800"])
def test_a_broken_file_is_copied_and_reset(path, content):
    data = content.encode("utf-8", "surrogatepass")
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    settings, notice = load(path)
    assert settings == Settings()
    (backup,) = backups(path)
    assert backup.read_bytes() == data
    assert str(backup) in notice and "all settings are reset" in notice


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("theme", "sepia"),
        ("theme", ["dark"]),
        ("scale", "1.5"),
        ("scale", True),
        ("scale", 40),
        ("scale", float("nan")),
        ("animations", 1),
        ("last_project", None),
        ("recent_projects", ["/a", 3]),
        ("window_geometry", 5),
        ("views", {"sphere": 3}),
    ],
)
def test_a_wrong_value_is_reset_alone(path, name, value):
    write(path, {"workspace": "retrieval", name: value})
    settings, notice = load(path)
    assert getattr(settings, name) == getattr(Settings(), name)
    assert settings.workspace == "retrieval"
    assert f"({name})" in notice
    assert len(backups(path)) == 1


def test_a_file_that_cannot_be_read_is_left_alone(path):
    path.mkdir(parents=True)
    settings, notice = load(path)
    assert settings == Settings()
    assert "could not be read" in notice and not backups(path)


def test_a_folder_that_cannot_be_written_is_one_sentence(qtbot, tmp_path):
    (tmp_path / "file").write_text("")
    store = SettingsStore(tmp_path / "file" / "settings.json")
    store.update(theme="dark")
    with pytest.raises(InputError, match="could not be written"):
        store.flush()


def test_recent_projects_are_few_and_the_last_one_leads():
    settings = Settings()
    for name in [*range(15), 12]:
        settings = settings.with_project(Path(f"/projects/{name}"))
    assert settings.last_project == str(Path("/projects/12"))
    assert len(settings.recent_projects) == 10
    assert settings.recent_projects[:2] == (str(Path("/projects/12")), str(Path("/projects/14")))
    assert len(set(settings.recent_projects)) == 10
