"""Text of any encoding, damaged text, and what is no text."""

import codecs
from pathlib import Path

import pytest

from models.data.decode import TextLines, UnreadableFileError, clean, decode
from models.errors import InputError

WESTERN = "Café crème, naïve “quotes” and a Straße in Zürich."
RUSSIAN = "Привет, как дела? Это простой текст на русском языке, и он читается верно."


def write(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "notes.txt"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (WESTERN, "utf-8"),
        (WESTERN, "utf-8-sig"),
        (WESTERN, "utf-16"),
        (WESTERN, "utf-16-le"),
        (WESTERN, "utf-16-be"),
        (WESTERN, "utf-32"),
        (WESTERN, "cp1252"),
        (RUSSIAN, "cp1251"),
        ("こんにちは世界。これは日本語の文章です。", "shift_jis"),
        ("plain ASCII", "ascii"),
        ("", "ascii"),
    ],
)
def test_decodes_common_encodings(tmp_path: Path, text: str, encoding: str) -> None:
    decoded = decode(write(tmp_path, text.encode(encoding)))
    assert (decoded.text, decoded.replaced) == (text, 0)


def test_line_ends_become_newlines(tmp_path: Path) -> None:
    assert decode(write(tmp_path, b"a\r\nb\rc\n")).text == "a\nb\nc\n"


def test_damaged_utf8_stays_utf8_and_is_counted(tmp_path: Path) -> None:
    decoded = decode(write(tmp_path, "Zürich, Köln, Malmö, Tromsø".encode() + b" \xff end"))
    assert decoded.encoding == "utf-8"
    assert decoded.text == "Zürich, Köln, Malmö, Tromsø \ufffd end"
    assert decoded.replaced == 1


def test_replacement_characters_of_the_text_itself_are_not_counted(tmp_path: Path) -> None:
    assert decode(write(tmp_path, "as published: \ufffd".encode())).replaced == 0


def test_stray_nul_bytes_are_replaced_and_counted(tmp_path: Path) -> None:
    decoded = decode(write(tmp_path, b"a line\0 with a NUL, and much more text after it"))
    assert decoded.text.startswith("a line\ufffd with")
    assert decoded.replaced == 1


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01",
        b"\x80\x04\x95\x1e\0\0\0\0\0\0\0\x8c\x05builtins\x8c\x04",
        bytes(range(256)) * 8,
        b"\0" * 4096,
    ],
)
def test_binary_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(InputError, match=r"notes\.txt cannot be read: it holds binary data"):
        decode(write(tmp_path, data))


def test_foreign_bytes_far_into_a_large_file_are_seen(tmp_path: Path) -> None:
    """The encoding is not judged by the head alone."""
    tail = (WESTERN + " ").encode("cp1252") * 12_000
    assert WESTERN in decode(write(tmp_path, b"plain words " * 60_000 + tail)).text


def test_a_character_across_two_sampled_blocks_is_no_damage(tmp_path: Path) -> None:
    decoded = decode(write(tmp_path, b"x" + "ü".encode() * 700_000))
    assert (decoded.encoding, decoded.replaced) == ("utf-8", 0)


def test_declared_encoding_is_believed_unless_unknown(tmp_path: Path) -> None:
    path = write(tmp_path, "čeština příliš".encode("iso8859-2"))
    assert decode(path, "iso-8859-2").text == "čeština příliš"
    for unusable in ("no-such-encoding", "hex", "ascii"):
        assert decode(path, unusable).encoding != unusable


def test_whole_file_over_the_limit_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as file:
        file.truncate(3 << 30)  # sparse: three gigabytes that occupy nothing
    with pytest.raises(InputError, match="3,072 MiB large"):
        decode(path)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="could not be opened"):
        decode(tmp_path / "absent.txt")


def test_long_line_is_passed_over(tmp_path: Path) -> None:
    path = write(tmp_path, b"first\n" + b"x" * 5000 + b"\nthird\n" + b"y" * 2000)
    with TextLines(path, limit=1000) as lines:
        assert list(lines) == ["first\n", None, "third\n", None]
        assert lines.number == 4


def test_line_exactly_at_the_limit_is_read(tmp_path: Path) -> None:
    with TextLines(write(tmp_path, b"x" * 9 + b"\nnext"), limit=10) as lines:
        assert list(lines) == ["x" * 9 + "\n", "next"]


def test_gigantic_line_is_never_held(tmp_path: Path) -> None:
    import tracemalloc

    path = write(tmp_path, b"x" * (32 << 20) + b"\nshort\n")
    tracemalloc.start()
    with TextLines(path, limit=1 << 16) as lines:
        assert list(lines) == [None, "short\n"]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 << 20


def test_lines_count_what_is_unreadable(tmp_path: Path) -> None:
    data = "Zürich\nKöln\nMalmö\n".encode() + b"bad \xff\xfe here\n"
    with TextLines(write(tmp_path, data)) as lines:
        assert list(lines)[-1] == "bad \ufffd\ufffd here\n"
        assert lines.replaced == 2


def test_utf16_lines(tmp_path: Path) -> None:
    data = codecs.BOM_UTF16_LE + "eins\nzwei ü\n".encode("utf-16-le")
    with TextLines(write(tmp_path, data)) as lines:
        assert list(lines) == ["eins\n", "zwei ü\n"]


def test_clean_removes_what_no_file_can_store() -> None:
    assert clean("a\ud800b\r\nc") == "a\ufffdb\nc"
