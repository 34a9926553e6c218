"""Text files: what editors save is read, what is no text file is refused with the rest of a sentence."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from librechat_analytics.plain_files import (
    MOST_BYTES,
    MissingFileError,
    UnreadableFileError,
    other_kind,
    read_text,
)


@pytest.mark.parametrize(
    "written",
    [
        b"one\ntwo\xc3\xa9\n",
        b"\xef\xbb\xbfone\ntwo\xc3\xa9\n",
        b"one\r\ntwo\xc3\xa9\r\n",
        b"\xef\xbb\xbfone\rtwo\xc3\xa9\r",
    ],
)
def test_what_editors_save_is_the_same_text(tmp_path: Path, written: bytes) -> None:
    (tmp_path / "file").write_bytes(written)
    assert read_text(tmp_path / "file") == "one\ntwo\N{LATIN SMALL LETTER E WITH ACUTE}\n"


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("one\n".encode("utf-16"), "is UTF-16 text. Save it as UTF-8."),
        ("one\n".encode("utf-16-be"), "contains NUL characters, as UTF-16 text does. Save it as UTF-8."),
        ("one\n".encode("utf-16-le"), "contains NUL characters, as UTF-16 text does. Save it as UTF-8."),
        ("one\ntw\N{LATIN SMALL LETTER O WITH GRAVE}\n".encode("latin-1"), "is not UTF-8 text: see line 2."),
        (b"#" * (MOST_BYTES + 1), "is larger than 10 MB."),
    ],
    ids=["utf-16", "utf-16 without a mark", "utf-16 of Windows", "latin-1", "large"],
)
def test_what_is_no_utf_8_text_is_said(tmp_path: Path, written: bytes, says: str) -> None:
    (tmp_path / "file").write_bytes(written)
    with pytest.raises(UnreadableFileError) as caught:
        read_text(tmp_path / "file")
    assert str(caught.value).startswith(says)


def test_a_line_that_cannot_be_read_does_not_take_the_others_with_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"one\ntw\xf2\nt\x00hree\n")
    assert read_text(tmp_path / "file", keep_going=True) == "one\ntw\ufffd\nt\ufffdhree\n"
    (tmp_path / "file").write_bytes("one\n".encode("utf-16"))
    with pytest.raises(UnreadableFileError, match="is UTF-16 text"):
        read_text(tmp_path / "file", keep_going=True)


@given(content=st.binary(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_text_or_a_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    try:
        text = read_text(tmp_path / "file")
    except UnreadableFileError as error:
        text = str(error)
    assert "\r" not in text
    assert "\0" not in text


def test_what_is_no_file_is_refused_and_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to("pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        for path, kind in (
            (tmp_path / "pipe", "a named pipe"),
            (tmp_path / "link", "a named pipe"),
            (tmp_path / "folder", "a folder"),
            (tmp_path / "socket", "a socket"),
            (Path("/dev/zero"), "a device"),
        ):
            assert other_kind(path) == kind
            with pytest.raises(UnreadableFileError) as caught:
                read_text(path)
            assert str(caught.value) == f"is {kind}, not a file."
    assert other_kind(tmp_path / "file") is None
    assert other_kind(tmp_path / "nothing") is None


def test_a_file_that_is_not_there_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"^cannot be read: No such file or directory\.$"):
        read_text(tmp_path / "nothing")
    (tmp_path / "file").touch()
    with pytest.raises(UnreadableFileError, match=r"^cannot be read: Not a directory\.$"):
        read_text(tmp_path / "file" / "nothing")
