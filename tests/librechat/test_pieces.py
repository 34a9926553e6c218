"""Files of documents are read in pieces as they are one by one: the same documents, the same refusals."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
from bson import encode
from hypothesis import given, settings
from hypothesis import strategies as st

from librechat_analytics.librechat import pieces as pieces_module
from librechat_analytics.librechat.bson_stream import frames
from librechat_analytics.librechat.pieces import Piece, read_pieces
from librechat_analytics.librechat.transactions import Refused
from tests.support.examples import examples

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

documents = st.lists(st.binary(max_size=40).map(lambda content: encode({"a": content})), max_size=30)


@pytest.fixture(autouse=True, params=[64, 300, 2_000_000])
def piece_bytes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces_module, "PIECE_BYTES", request.param)


def in_pieces(path: Path) -> Iterator[bytes | Refused]:
    with path.open("rb", buffering=0) as file:
        stream = gzip.GzipFile(fileobj=file) if path.suffix == ".gz" else file
        for piece in read_pieces(stream, path.name):
            if isinstance(piece, Piece):
                yield from (piece.document(number) for number in range(len(piece)))
            else:
                yield piece


def one_by_one(path: Path) -> Iterator[bytes | Refused]:
    with path.open("rb") as file:
        stream = gzip.GzipFile(fileobj=file) if path.suffix == ".gz" else file
        yield from frames(stream, path.name)


@pytest.mark.parametrize("name", ["a.bson", "a.bson.gz"])
def test_any_file_gives_the_same_documents_and_refusals(
    tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    path = tmp_path_factory.mktemp("pieces") / name

    @settings(max_examples=examples(30))
    @given(documents, st.integers(0, 60), st.none() | st.tuples(st.integers(0, 400), st.binary(max_size=5)))
    def compare(raw: list[bytes], missing: int, change: tuple[int, bytes] | None) -> None:
        content = b"".join(raw)
        if path.suffix == ".gz":
            content = gzip.compress(content)
        if change is not None:
            place, new = change
            content = content[:place] + new + content[place + len(new) :]
        path.write_bytes(content[: max(0, len(content) - missing)] if missing < 30 else content)
        found, expected = list(in_pieces(path)), list(one_by_one(path))
        if path.suffix == ".gz" and expected and isinstance(expected[-1], Refused):
            # Reading in smaller steps may get closer to the damaged bytes.
            assert isinstance(found[-1], Refused)
            assert found[: len(expected) - 1] == expected[:-1]
        else:
            assert found == expected

    compare()


@pytest.mark.parametrize("size", [0, 4, 2**31 - 1, 2**32 - 1, 48 * 1024 * 1024 + 1])
def test_a_size_that_no_document_has_ends_the_reading(tmp_path: Path, size: int) -> None:
    whole = encode({"a": 1})
    path = tmp_path / "a.bson"
    path.write_bytes(whole * 3 + size.to_bytes(4, "little") + whole)
    read = list(in_pieces(path))
    assert read == list(one_by_one(path))
    assert isinstance(read[-1], Refused)


def test_a_document_larger_than_a_piece_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.bson"
    path.write_bytes(encode({"a": 1}) + encode({"a": b"x" * 3_000_000}) + encode({"a": 2}))
    assert list(in_pieces(path)) == list(one_by_one(path))


@pytest.mark.parametrize("kept", [0.3, 0.9])
def test_what_came_before_a_compressed_file_breaks_off_is_kept(tmp_path: Path, kept: float) -> None:
    path = tmp_path / "a.bson.gz"
    content = gzip.compress(b"".join(encode({"a": number, "b": str(number) * 9}) for number in range(5000)))
    path.write_bytes(content[: int(kept * len(content))])
    read = list(in_pieces(path))
    assert read == list(one_by_one(path))
    assert len(read) > 300
