"""The path of a dump: the right folder is found, and errors say what to do instead."""

from __future__ import annotations

import gzip
import os
import socket
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest

from librechat_analytics.librechat.dump import DumpSource
from librechat_analytics.librechat.source import SourceError
from tests.support.documents import usages, write_dump
from tests.support.servers import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

ARCHIVE = b"\x6d\xe2\x99\x81" + b"\x63\x00\x00\x00\x02version\x00" + b"\x00" * 90
EXPORTED = b'{"_id":{"$oid":"66b0c1d2e3f4a5b6c7d8e9f0"},"tokenType":"prompt","rawAmount":-250}\n'
GIVE_THE_FOLDER = "Give the folder that `mongodump --out` wrote."


def folder_of(given: Path) -> Path:
    return DumpSource(given).folder


def refusal_of(given: Path) -> str:
    with pytest.raises(SourceError) as caught:
        DumpSource(given)
    return str(caught.value)


def write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


class TestFolders:
    def test_the_only_database_in_a_dump_is_found(self, tmp_path: Path) -> None:
        write_dump(tmp_path / "admin", system=[])
        folder = write_dump(tmp_path / "LibreChat", transactions=[])
        assert folder_of(tmp_path) == folder

    def test_a_databases_own_folder_is_taken_as_it_is(self, tmp_path: Path) -> None:
        write_dump(tmp_path / "inner", transactions=[])
        write_dump(tmp_path, transactions=[])
        assert folder_of(tmp_path) == tmp_path

    def test_several_databases_have_to_be_chosen_from(self, tmp_path: Path) -> None:
        write_dump(tmp_path / "LibreChat", transactions=[])
        write_dump(tmp_path / "test", compressed=True, transactions=[])
        assert "several databases (LibreChat, test)" in refusal_of(tmp_path)

    def test_a_folder_without_a_ledger_is_refused(self, tmp_path: Path) -> None:
        write(tmp_path / "transactions.metadata.json", b"{}")
        write(tmp_path / "package.json", b"{}")
        said = refusal_of(tmp_path)
        assert "holds no transactions.bson or transactions.bson.gz, nor does a folder in it." in said
        assert said.endswith(GIVE_THE_FOLDER)

    def test_what_does_not_exist_is_said(self, tmp_path: Path) -> None:
        assert refusal_of(tmp_path / "nowhere") == f"{tmp_path / 'nowhere'} does not exist. {GIVE_THE_FOLDER}"

    @pytest.mark.parametrize("compressed", [False, True])
    def test_a_ledger_further_down_is_named_and_not_guessed(self, tmp_path: Path, compressed: bool) -> None:
        inner = tmp_path / "backups" / "2026-11-24" / "LibreChat"
        write_dump(inner, compressed=compressed, transactions=[])
        assert refusal_of(tmp_path).endswith(f"but a folder further down does. Give {inner}.")
        other = write_dump(tmp_path / "backups" / "2026-11-25" / "LibreChat", transactions=[])
        assert refusal_of(tmp_path).endswith(f"Give {inner} or {other}.")

    def test_many_folders_further_down_are_not_looked_through_for_ever(self, tmp_path: Path) -> None:
        write_dump(tmp_path.joinpath(*"abcdefgh"), transactions=[])
        assert refusal_of(tmp_path).endswith(GIVE_THE_FOLDER)

    def test_a_link_that_leads_round_in_a_circle_ends(self, tmp_path: Path) -> None:
        (tmp_path / "again").symlink_to(tmp_path)
        assert refusal_of(tmp_path).endswith(GIVE_THE_FOLDER)


class TestFilesOfADump:
    @pytest.mark.parametrize("compressed", [False, True])
    def test_a_file_stands_for_its_folder(self, tmp_path: Path, compressed: bool) -> None:
        folder = write_dump(tmp_path / "d", compressed=compressed, transactions=usages(2), users=[])
        ending = ".bson.gz" if compressed else ".bson"
        for name in (f"transactions{ending}", f"users{ending}"):
            assert folder_of(folder / name) == folder

    @pytest.mark.parametrize("name", ["transactions.metadata.json", "transactions.metadata.json.gz"])
    def test_what_mongodump_writes_beside_does_not_disturb(self, tmp_path: Path, name: str) -> None:
        folder = write_dump(tmp_path / "LibreChat", transactions=usages(2))
        write(folder / name, gzip.compress(b"{}") if name.endswith("gz") else b"{}")
        write(tmp_path / "prelude.json.gz", gzip.compress(b"{}"))
        write(tmp_path / "oplog.bson", b"")
        for given in (tmp_path, folder, folder / name, tmp_path / "prelude.json.gz", tmp_path / "oplog.bson"):
            assert folder_of(given) == folder

    def test_a_name_without_a_folder_is_looked_for_where_the_program_runs(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write_dump(tmp_path, transactions=usages(2))
        monkeypatch.chdir(tmp_path)
        assert folder_of(Path("transactions.bson")).samefile(tmp_path)

    def test_a_collection_without_the_ledger_is_not_enough(self, tmp_path: Path) -> None:
        folder = write_dump(tmp_path, users=[])
        assert "holds no transactions.bson" in refusal_of(folder / "users.bson")

    def test_no_other_ledger_is_read_than_the_one_given(self, tmp_path: Path) -> None:
        write_dump(tmp_path, transactions=usages(2))
        write_dump(tmp_path, compressed=True, transactions=usages(3))
        assert "also has transactions.bson, which would be read" in refusal_of(
            tmp_path / "transactions.bson.gz"
        )
        (tmp_path / "transactions-2025.bson").touch()
        assert "must be called transactions.bson" in refusal_of(tmp_path / "transactions-2025.bson")


class TestOtherFiles:
    @pytest.mark.parametrize("name", ["dump.archive", "dump.archive.gz", "backup", "it's.gz"])
    @pytest.mark.parametrize("packed", [False, True])
    def test_an_archive_is_known_by_its_content(self, tmp_path: Path, name: str, packed: bool) -> None:
        file = write(tmp_path / name, gzip.compress(ARCHIVE) if packed else ARCHIVE)
        for given in (file, tmp_path):
            said = refusal_of(given)
            assert f"{file} is an archive (mongodump --archive)" in said
            assert "`mongodump --db=LibreChat --out=FOLDER`" in said
            assert "--nsFrom='LibreChat.*' --nsTo='scratch.*'`" in said
            assert ("mongorestore --gzip --archive=" in said) is packed

    @pytest.mark.parametrize(
        "name", ["transactions.json", "LibreChat.transactions.csv", "transactions.jsonl"]
    )
    @pytest.mark.parametrize("packed", [False, True])
    def test_an_export_needs_a_dump_instead(self, tmp_path: Path, name: str, packed: bool) -> None:
        file = write(tmp_path / f"{name}{'.gz' * packed}", gzip.compress(EXPORTED) if packed else EXPORTED)
        for given in (file, tmp_path):
            said = refusal_of(given)
            assert f"{file} is a text as mongoexport writes it" in said
            assert said.endswith(
                "Make a dump with `mongodump --db=LibreChat --out=FOLDER` and import FOLDER."
            )

    def test_a_packed_folder_has_to_be_unpacked(self, tmp_path: Path) -> None:
        folder = write_dump(tmp_path / "dump" / "LibreChat", transactions=usages(2))
        for name, mode in (("dump.tar", "w"), ("dump.tgz", "w:gz")):
            with tarfile.open(tmp_path / name, mode) as packed:  # type: ignore[call-overload]
                packed.add(folder, "LibreChat")
            assert "is compressed. Unpack it" in refusal_of(tmp_path / name)
        with ZipFile(tmp_path / "dump.zip", "w") as archive:
            archive.write(folder / "transactions.bson", "LibreChat/transactions.bson")
        assert "is compressed. Unpack it" in refusal_of(tmp_path / "dump.zip")

    @pytest.mark.parametrize("content", [b"", b"thesis", b"\x1f\x8b", b"\x1f\x8b" + b"\x00" * 40])
    def test_any_other_file_is_not_a_folder(self, tmp_path: Path, content: bytes) -> None:
        file = write(tmp_path / "thesis.doc", content)
        assert refusal_of(file) == f"{file} is not a folder. {GIVE_THE_FOLDER}"

    def test_the_troubleshooting_shows_the_same_commands(self, tmp_path: Path) -> None:
        page = (ROOT / "docs" / "operate.md").read_text("utf-8")
        assert "mongodump --db=LibreChat --out=FOLDER" in page
        said = refusal_of(write(tmp_path / "dump.archive.gz", gzip.compress(ARCHIVE)))
        for command in ("--nsInclude='LibreChat.*'", "--nsFrom='LibreChat.*'", "--nsTo='scratch.*'"):
            assert command in said
            assert command in page


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))


def link_to_a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


class TestWhatWouldHang:
    @pytest.fixture
    def short_path(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """The folder by a short name: a socket's name may not be long."""
        monkeypatch.chdir(tmp_path)
        return Path()

    @pytest.mark.parametrize(
        ("make", "kind"),
        [
            (os.mkfifo, "a named pipe"),
            (link_to_a_device, "a device"),
            (make_socket, "a socket"),
            (Path.mkdir, "a folder"),
        ],
    )
    @pytest.mark.parametrize("name", ["transactions.bson", "transactions.bson.gz", "messages.bson"])
    def test_a_member_that_is_no_file_is_refused(
        self, short_path: Path, make: Callable[[Path], None], kind: str, name: str
    ) -> None:
        if not name.startswith("transactions"):
            write_dump(short_path, transactions=usages(2))
        make(short_path / name)
        assert refusal_of(short_path) == f"{name} is {kind}, not a file. {GIVE_THE_FOLDER}"

    @pytest.mark.parametrize(
        ("make", "kind"),
        [(os.mkfifo, "a named pipe"), (link_to_a_device, "a device"), (make_socket, "a socket")],
    )
    def test_so_is_what_is_given_for_the_folder(
        self, short_path: Path, make: Callable[[Path], None], kind: str
    ) -> None:
        for name in ("dump", "transactions.bson"):
            make(short_path / name)
            assert refusal_of(short_path / name) == f"{name} is {kind}, not a file. {GIVE_THE_FOLDER}"

    def test_a_pipe_beside_what_is_read_does_not_disturb(self, short_path: Path) -> None:
        os.mkfifo(short_path / "sessions.bson")
        os.mkfifo(short_path / "dump.archive")
        assert refusal_of(short_path).endswith(GIVE_THE_FOLDER)
        write_dump(short_path, transactions=usages(2))
        assert folder_of(short_path) == short_path

    def test_a_link_to_a_file_is_read(self, tmp_path: Path) -> None:
        folder = write_dump(tmp_path / "elsewhere", transactions=usages(2))
        (tmp_path / "dump").mkdir()
        (tmp_path / "dump" / "transactions.bson").symlink_to(folder / "transactions.bson")
        assert folder_of(tmp_path / "dump") == tmp_path / "dump"
