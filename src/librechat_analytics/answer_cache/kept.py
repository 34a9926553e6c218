"""Answers in memory: each is computed once, and together they take no more memory than allowed.

Flask-Caching holds the answers as pickles, so that nobody can change an answer that others get too.
"""

from __future__ import annotations

import pickle
import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from flask_caching import Cache

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

T = TypeVar("T")

KEPT_SECONDS = 60
"""How long an answer is kept at most; an edition is replaced within a minute anyway."""

KEPT_ANSWERS = 500
"""How many answers an edition keeps."""

LARGEST_KEPT_BYTES = 1_000_000
"""The largest answer that is kept: larger than any list on screen, smaller than a file with all users."""

LARGEST_KEPT_BYTES_TOGETHER = 64_000_000
"""How much memory the answers of one edition may take; for a short time there are two editions."""


@dataclass(frozen=True, slots=True)
class Kept(Generic[T]):
    """An answer, whether it is kept, and how long it took to compute (0 if it was kept already)."""

    answer: T
    is_kept: bool
    seconds: float


class KeptAnswers:
    """The answers of the present edition and of the one that is being prepared."""

    def __init__(self, app: Flask, *, seconds: Callable[[], float] = time.monotonic) -> None:
        self._cache = Cache(
            app,
            config={
                "CACHE_TYPE": "SimpleCache",  # in memory: one process serves all requests
                "CACHE_DEFAULT_TIMEOUT": KEPT_SECONDS,
                "CACHE_THRESHOLD": 2 * KEPT_ANSWERS,
            },
        )
        self._seconds = seconds
        self._computing = OnePerKey()
        self._room = Room()

    def get(self, edition: int, key: str, compute: Callable[[], T]) -> Kept[T]:
        """Return the kept answer, or compute it while everybody else who wants it waits.

        An exception of ``compute`` is raised to the caller alone; the next one computes again.
        """
        own_key = f"{edition} {key}"
        with self._computing.alone(own_key):
            packed: bytes | None = self._cache.get(own_key)
            if packed is None:
                started = self._seconds()
                answer = compute()
                packed = pack(answer)
                took = self._seconds() - started
                is_kept = packed is not None and self._room.take(edition, own_key, len(packed))
                if is_kept:
                    self._cache.set(own_key, packed)
                return Kept(answer, is_kept, took)
        kept: T = pickle.loads(packed)  # noqa: S301 written by this process
        return Kept(kept, is_kept=True, seconds=0.0)

    def drop(self, edition: int) -> None:
        """Forget the answers of an edition; it can keep no more."""
        self._cache.delete_many(*self._room.release(edition))


class TooLargeError(Exception):
    """An answer is larger than one that is kept."""


class Pack:
    """Takes as many bytes as the largest answer that is kept; raises TooLargeError beyond."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def write(self, data: bytes) -> int:
        """Add some bytes."""
        if len(self._bytes) + len(data) > LARGEST_KEPT_BYTES:
            raise TooLargeError
        self._bytes += data
        return len(data)

    def whole(self) -> bytes:
        """Return all bytes."""
        return bytes(self._bytes)


def pack(answer: object) -> bytes | None:
    """Pickle an answer; None as soon as it proves too large, so that a file with all users costs little."""
    packed = Pack()
    try:
        pickle.Pickler(packed, pickle.HIGHEST_PROTOCOL).dump(answer)
    except TooLargeError:
        return None
    return packed.whole()


class OnePerKey:
    """Locks by key: threads with the same key run one after the other, all others side by side."""

    def __init__(self) -> None:
        self._locks: dict[str, threading.Lock] = {}
        self._users: Counter[str] = Counter()
        self._guard = threading.Lock()

    @contextmanager
    def alone(self, key: str) -> Iterator[None]:
        """Hold the key's lock; it exists only while somebody holds it or waits for it."""
        with self._guard:
            lock = self._locks.setdefault(key, threading.Lock())
            self._users[key] += 1
        try:
            with lock:
                yield
        finally:
            with self._guard:
                self._users[key] -= 1
                if not self._users[key]:
                    del self._locks[key], self._users[key]


class Room:
    """The memory that the kept answers of each edition take."""

    def __init__(self) -> None:
        self._keys: dict[int, list[str]] = {}
        self._bytes: Counter[int] = Counter()
        self._oldest = 0
        self._guard = threading.Lock()

    def take(self, edition: int, key: str, size_bytes: int) -> bool:
        """Reserve room for an answer; False if the edition is full or was dropped."""
        with self._guard:
            left = LARGEST_KEPT_BYTES_TOGETHER - self._bytes[edition]
            if edition < self._oldest or size_bytes > left:
                return False
            self._bytes[edition] += size_bytes
            self._keys.setdefault(edition, []).append(key)
            return True

    def release(self, edition: int) -> list[str]:
        """Return the keys of an edition, and give its room back."""
        with self._guard:
            self._oldest = max(self._oldest, edition + 1)
            del self._bytes[edition]
            return self._keys.pop(edition, [])
