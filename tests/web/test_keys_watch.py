"""The file of keys is checked without requests, and limits that match nobody are logged once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.errors import OperatorError
from librechat_analytics.web.keys import KeyRing
from librechat_analytics.web.keys_watch import KeysWatch
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from librechat_analytics.usage.filters import Scope

LINE = "sales:s4les-lead-key-0f-the-n0rth domain=x.example,y.example\n"


def test_each_limit_that_matches_nobody_is_logged_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "keys").write_text(f"finance:f1nance-key-0f-ten-w0rds\n{LINE}")
    answers: list[tuple[str, ...] | None] = [None, ("domain=y.example",)]

    def unmatched(_: Scope) -> tuple[str, ...] | None:
        if not answers:
            raise OperatorError("asked too often")
        return answers.pop(0)

    watch = KeysWatch(KeyRing(None, tmp_path / "keys"), unmatched)
    watch.check()
    assert caplog.text == "", "no user is known yet"
    watch.check()
    watch.check()
    assert caplog.messages == ["Key sales: domain=y.example matches nobody today."]


def test_limits_are_checked_again_after_the_store_could_not_be_read(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "keys").write_text(LINE)
    asked: list[Scope] = []

    def unmatched(scope: Scope) -> tuple[str, ...]:
        asked.append(scope)
        if len(asked) == 1:
            raise OperatorError("the disk is full")
        return ("domain=x.example",)

    watch = KeysWatch(KeyRing(None, tmp_path / "keys"), unmatched)
    watch.check()
    watch.check()
    assert caplog.messages == ["Key sales: domain=x.example matches nobody today."]


def test_it_looks_by_itself_until_it_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_text(LINE)
    ring = KeyRing(None, path)
    watch = KeysWatch(ring, lambda _: ())
    watch.start()
    path.unlink()
    wait_until(lambda: ring.named == ())
    watch.stop()
    path.write_text(LINE)
    assert ring.named == ()
    KeysWatch(ring, lambda _: ()).stop()
