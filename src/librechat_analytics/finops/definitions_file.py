"""The definitions file while the server runs: read again after a change, the last good content in force."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from librechat_analytics.errors import OperatorError
from librechat_analytics.finops.read_definitions import Reading, read_definitions
from librechat_analytics.plain_files import Stamp, stamp_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from librechat_analytics.finops.definitions import Definitions
    from librechat_analytics.usage.cost_center_rules import CostCenterRules

Unmatched = Callable[["Definitions", str], "Sequence[str] | None"]

log = logging.getLogger(__name__)

CHECK_SECONDS = 0.5
"""A change counts once two checks have seen the same: a program may write a file in several parts."""

LAST_CHECK_SECONDS = 5


class DefinitionsError(OperatorError):
    """The definitions file cannot be used; each line of the text names a line of the file and says why."""


class DefinitionsFile:
    """What the definitions file says, also after it has changed.

    A changed file that cannot be used changes nothing: ``problem`` and the log say why.
    """

    def __init__(
        self,
        path: Path | None,
        default_zone: str,
        environment: Callable[[], Mapping[str, str]] = lambda: os.environ,
    ) -> None:
        """Read the file; without a path there are no definitions, and never a problem.

        ``default_zone`` is its time zone if it names none; ``environment`` has the secrets that it names.
        """
        self._path = path
        self._default_zone = default_zone
        self._environment = environment
        self._current: Definitions | None = None
        self._problem: str | None = None
        self._notes: tuple[str, ...] = ()
        self._map_name = ""
        self._read: dict[Path, Stamp | None] = {}
        """The stamp of each file when it was last read; None of a missing file."""
        self._noticed: dict[Path, Stamp | None] = {}
        """The stamps at the last check; the files may still be changing."""
        self._unmatched: Unmatched | None = None
        self._compared: Definitions | None = None
        """The definitions whose rules were last held against the store."""
        self._reading = threading.Lock()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="definitions", daemon=True)
        if path is not None:
            self._take(path, is_first=True)

    @property
    def path(self) -> Path | None:
        return self._path

    @property
    def current(self) -> Definitions | None:
        """The definitions in force: those of the last content that could be used, None before one."""
        return self._current

    @property
    def rules(self) -> CostCenterRules | None:
        """The rules of cost centres in force; None without definitions."""
        return self._current.cost_centers if self._current else None

    @property
    def problem(self) -> str | None:
        """Why the present content cannot be used, one line for each reason; None if it is in force."""
        return self._problem

    @property
    def notes(self) -> tuple[str, ...]:
        """What is worth changing in the definitions in force, a sentence each."""
        return self._notes

    @property
    def map_name(self) -> str:
        """The name of the map's file; empty without one."""
        return self._map_name

    def require_good(self) -> None:
        """Raise DefinitionsError if the file cannot be used."""
        if self._problem is not None:
            raise DefinitionsError(self._problem)

    def check(self) -> None:
        """Read the file again if it, or a file that it names, has changed."""
        if self._path is not None and _stamps(self._read) != self._read:
            self._take(self._path)

    def start(self, unmatched: Unmatched | None = None) -> None:
        """Check the file twice a second from now on, and log what ``unmatched`` says of new definitions.

        A file that is wrong from the start is logged only now: commands end with its problem as their error.

        ``unmatched`` takes definitions and the name of the map's file, and returns a sentence for each rule
        that matches nobody; None while that is not known.
        """
        self._unmatched = unmatched
        if self._path is not None:
            if self._problem is not None:
                log.error("%s", self._problem)
            self._thread.start()

    def stop(self) -> None:
        """Stop checking, if ``start`` was called."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(LAST_CHECK_SECONDS)

    def _follow(self) -> None:
        while not self._stopped.wait(CHECK_SECONDS):
            try:
                stamps = _stamps(self._read)
                if stamps == self._noticed:
                    self.check()
                self._noticed = stamps
                self._compare()
            except Exception:  # the thread must live on
                log.exception("The definitions file could not be checked")

    def _compare(self) -> None:
        """Log once which rules of the definitions in force match nobody."""
        definitions = self._current
        if self._unmatched is None or definitions is None or definitions is self._compared:
            return
        try:
            sentences = self._unmatched(definitions, self._map_name)
        except OperatorError:
            return  # the store cannot be read now; requests for figures report that
        if sentences is not None:
            self._compared = definitions
            for sentence in sentences:
                log.warning("FINOPS_FILE: %s", sentence)

    def _take(self, path: Path, *, is_first: bool = False) -> None:
        with self._reading:
            reading, self._read = self._read_at_rest(path)
            problem = "\n".join(reading.problems) or None
            if reading.definitions is not None:
                if self._current is not None:
                    log.info("The definitions in %s have changed and are in force.", path)
                self._current, self._notes = reading.definitions, reading.notes
                self._map_name = reading.map_name
            elif problem != self._problem and not is_first:
                kept = " The definitions before this change stay in force." if self._current else ""
                log.error("%s%s", problem, kept)
            self._problem = problem

    def _read_at_rest(self, path: Path) -> tuple[Reading, dict[Path, Stamp | None]]:
        """Read the file, and return the stamps that all its files had before they were read."""
        stamps = _stamps(self._read or (path,))
        reading = read_definitions(path, self._default_zone, self._environment())
        if set(reading.files) != set(stamps):
            # It names further files. Stamps must be older than the content, or a change could be missed.
            stamps = _stamps(reading.files)
            reading = read_definitions(path, self._default_zone, self._environment())
        return reading, stamps


def _stamps(files: dict[Path, Stamp | None] | tuple[Path, ...]) -> dict[Path, Stamp | None]:
    return {file: _stamp(file) for file in files}


def _stamp(file: Path) -> Stamp | None:
    try:
        return stamp_of(file)
    except OSError:
        return None
