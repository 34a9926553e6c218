"""A site with ClickHouse: LibreChat's database, a follower, web processes, and commands beside them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from tests.support.servers import PROGRAM, SERVE, forked, program_environment, run_program, running, serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from librechat_analytics.store.clickhouse.address import StoreAddress
    from tests.support.servers import Running

SYNC_SECONDS = "1"


def store_url(address: StoreAddress) -> str:
    """The value of STORE_URL for an address."""
    user, password = quote(address.user, safe=""), quote(address.password, safe="")
    return f"clickhouse://{user}:{password}@{address.host}:{address.port}/{address.database}"


@dataclass(frozen=True, slots=True)
class ClickHouseSite:
    """Where the processes of a site keep their files, and what they read from."""

    folder: Path
    address: StoreAddress
    mongo_uri: str
    settings: dict[str, str]

    @property
    def working_copy(self) -> Path:
        return self.folder / "follower"

    @contextmanager
    def follower(self, name: str = "follower") -> Iterator[Running]:
        """Run a follower with a working copy of this name, from when it has written its log."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        log_path = folder / "follower.log"
        settings = {"MONGO_URI": self.mongo_uri, "SYNC_SECONDS": SYNC_SECONDS, **self.settings}
        with running(
            "librechat-analytics sync --follow",
            [str(PROGRAM), "sync", "--follow"],
            base_url="",
            log_path=log_path,
            ready=lambda: True,
            folder=folder,
            environment=program_environment(folder, STORE_URL=store_url(self.address), **settings),
            start=forked,
        ) as follower:
            yield follower
        assert self.address.password not in log_path.read_text("utf-8")

    @contextmanager
    def web(self, name: str, **settings: str) -> Iterator[Running]:
        """Run a process that only serves; it must not write into its folder."""
        with serve(
            self.folder / name,
            command=SERVE,
            start=forked,
            STORE_URL=store_url(self.address),
            **{"SYNC_SECONDS": SYNC_SECONDS, **self.settings, **settings},
        ) as server:
            yield server
        assert {path.name for path in (self.folder / name).iterdir()} <= {"serve.log"}
        assert self.address.password not in server.log()

    def run(self, *arguments: str, **settings: str) -> tuple[int, str]:
        """Run a command; gives its exit code and what it wrote."""
        folder = self.folder / "commands"
        folder.mkdir(exist_ok=True)
        code, written = run_program(
            folder, *arguments, STORE_URL=store_url(self.address), **{**self.settings, **settings}
        )
        assert self.address.password not in written
        return code, written
