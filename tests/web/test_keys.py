"""Keys whose file changes: only its present content counts."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from librechat_analytics.usage.filters import Scope
from librechat_analytics.web.key_line import Key, digest
from librechat_analytics.web.keys import REMINDER_SECONDS, SETTLED_SECONDS, KeyRing
from librechat_analytics.web.keys_file import AT_REST_SECONDS, read_keys

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OWN = "k3y-for-tests-0nly-2f8a"
FINANCE = "f1nance-key-0f-ten-w0rds"
SALES = "s4les-lead-key-0f-the-n0rth"
AUDIT = "4uditors-0wn-key-2026"
SALES_LINE = f"sales:{SALES} domain=sales.example.com group=66b0"
SALES_SCOPE = Scope(("sales.example.com",), ("66b0",))


class CheckedKeys:
    """Keys whose clock advances by a second at each check, and that see every file as new."""

    def __init__(self, path: Path, own_key: str | None = OWN) -> None:
        self.seconds = 0.0
        self.ring = KeyRing(own_key, path, clock=lambda: self.seconds, wall_clock=lambda: 0.0)

    def check(self, times: int = 1) -> dict[str, Scope | None]:
        """Check so many times; return the named keys that are let in then, with their scopes."""
        for _ in range(times):
            self.seconds += 1
            self.ring.check()
        return {key.name: key.scope for key in self.ring.named}


@pytest.fixture
def keys_file(tmp_path: Path) -> Path:
    path = tmp_path / "keys"
    path.write_text(f"finance:{FINANCE}\n{SALES_LINE}\n")
    return path


@pytest.fixture
def checked(keys_file: Path) -> CheckedKeys:
    checked = CheckedKeys(keys_file)
    assert checked.check(3) == {"finance": None, "sales": SALES_SCOPE}
    return checked


def test_keys_are_exchanged_while_serving(
    checked: CheckedKeys, keys_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    keys_file.write_text(f"audit:{AUDIT}\n")
    assert "finance" in checked.check(), "it may still be written"
    assert checked.check() == {"audit": None}
    assert checked.ring.find(FINANCE) is None
    assert checked.ring.find(AUDIT) == Key("audit", digest(AUDIT), None)
    assert checked.ring.find(OWN) == Key("default", digest(OWN), None)
    assert "have changed; there are 1." in caplog.text
    assert AUDIT not in caplog.text


def test_a_key_that_was_removed_long_ago_is_refused_the_first_time(keys_file: Path) -> None:
    ring = KeyRing(None, keys_file)
    assert ring.find(FINANCE) is not None
    keys_file.write_text(f"audit:{AUDIT}\n")
    time.sleep(SETTLED_SECONDS + 0.1)  # in which nobody asks
    assert ring.find(FINANCE) is None


def test_a_file_put_in_place_of_another_is_seen_whatever_its_date_and_size(
    checked: CheckedKeys, keys_file: Path
) -> None:
    before, fresh = keys_file.stat(), keys_file.with_name("fresh")
    fresh.write_text(keys_file.read_text().replace(SALES, SALES[::-1]))
    os.utime(fresh, ns=(before.st_atime_ns, before.st_mtime_ns))
    fresh.replace(keys_file)
    assert (keys_file.stat().st_mtime_ns, keys_file.stat().st_size) == (before.st_mtime_ns, before.st_size)
    checked.check(2)
    assert checked.ring.find(SALES) is None
    assert checked.ring.find(SALES[::-1]) is not None


def test_a_file_that_changes_at_the_start_is_read_again(
    keys_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_then_write(path: Path, **how: object) -> object:
        file = read_keys(path, **how)  # type: ignore[arg-type]
        path.write_text(f"audit:{AUDIT}\n")
        return file

    with monkeypatch.context() as patched:
        patched.setattr("librechat_analytics.web.keys.read_keys", read_then_write)
        checked = CheckedKeys(keys_file)
    assert checked.check(2) == {"audit": None}


class TestAWrongLine:
    LINES = ("half a li", f"finance:{FINANCE} domain=", f"finance: {FINANCE}", f"finance:{FINANCE}, domain=x")

    @pytest.mark.parametrize("line", LINES)
    def test_it_lets_nobody_in_and_removals_and_limits_beside_it_hold(
        self, checked: CheckedKeys, keys_file: Path, line: str
    ) -> None:
        keys_file.write_text(f"{line}\nsales:{SALES} domain=north.example.com\n")
        assert checked.check(2) == {"sales": Scope(("north.example.com",), ())}
        assert checked.ring.find(FINANCE) is None
        keys_file.write_text(f"{line}\naudit:{AUDIT}\n")
        assert checked.check(2) == {"audit": None}
        assert checked.ring.find(SALES) is None

    @pytest.mark.parametrize("line", LINES)
    def test_it_does_so_from_the_start(self, keys_file: Path, line: str) -> None:
        keys_file.write_text(f"{line}\n{SALES_LINE}\n")
        checked = CheckedKeys(keys_file)
        assert checked.check() == {"sales": SALES_SCOPE}
        assert checked.ring.find(OWN) is not None

    def test_the_log_says_so_at_once_and_every_hour_until_it_is_mended(
        self, checked: CheckedKeys, keys_file: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level("INFO")
        sentence = f"{keys_file}, line 1: must be name:key"
        keys_file.write_text(f"half a li\n{SALES_LINE}\n")
        checked.check(2)
        assert caplog.text.count(sentence) == 1
        checked.check(10)
        assert caplog.text.count(sentence) == 1
        for hours in (2, 3, 4):
            checked.seconds += REMINDER_SECONDS
            checked.check(10)
            assert caplog.text.count(sentence) == hours
        keys_file.write_text(f"{SALES_LINE}\n")
        checked.check(2)
        assert "All lines of" in caplog.text
        checked.seconds += REMINDER_SECONDS
        checked.check(2)
        assert caplog.text.count(sentence) == 4
        assert SALES not in caplog.text


def unreadable(path: Path) -> None:
    path.write_text(f"finance:{FINANCE}\n", "utf-16")


class TestAFileThatCannotBeRead:
    @pytest.mark.parametrize("make", [None, os.mkfifo, os.mkdir, unreadable])
    def test_a_file_that_is_unreadable_at_two_checks_lets_nobody_in_until_it_is_readable(
        self,
        checked: CheckedKeys,
        keys_file: Path,
        caplog: pytest.LogCaptureFixture,
        make: Callable[[Path], None] | None,
    ) -> None:
        whole = keys_file.read_text()
        keys_file.unlink()
        if make is not None:
            make(keys_file)
        assert checked.check(4) == {}
        assert checked.ring.find(FINANCE) is None
        assert checked.ring.find(OWN) is not None
        checked.seconds += REMINDER_SECONDS
        checked.check()
        assert caplog.text.count("None of its keys is let in.") == 2
        if make is not None:
            keys_file.rename(keys_file.with_name("aside"))
        keys_file.write_text(whole)
        assert checked.check(3) == {"finance": None, "sales": SALES_SCOPE}

    def test_a_file_that_is_missing_for_a_moment_changes_no_key(
        self, checked: CheckedKeys, keys_file: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        for _ in range(3):
            kept = keys_file.rename(keys_file.with_name("kept"))
            assert len(checked.check()) == 2
            kept.rename(keys_file)
            assert len(checked.check(3)) == 2
        assert "cannot be read" not in caplog.text
        keys_file.unlink()
        assert len(checked.check()) == 2
        assert checked.check() == {}

    def test_one_that_comes_back_as_it_was_is_read_again(self, checked: CheckedKeys, keys_file: Path) -> None:
        kept = keys_file.rename(keys_file.with_name("kept"))
        assert checked.check(2) == {}
        kept.rename(keys_file)
        assert len(checked.check(2)) == 2

    def test_without_it_from_the_start_the_own_key_is_let_in(self, tmp_path: Path) -> None:
        checked = CheckedKeys(tmp_path / "keys")
        assert checked.check() == {}
        assert checked.ring.find(OWN) is not None
        (tmp_path / "keys").write_text(f"{SALES_LINE}\n")
        assert checked.check(2) == {"sales": SALES_SCOPE}


class TestAHalfWrittenFile:
    def test_a_new_key_is_let_in_once_its_line_is_whole(self, checked: CheckedKeys, keys_file: Path) -> None:
        with keys_file.open("a") as file:
            for part in (f"plant:{AUDIT}", " dom", "ain=plant.example", ".com"):
                file.write(part)
                file.flush()
                assert "plant" not in checked.check(4)
            file.write("\n")
        assert checked.check(2)["plant"] == Scope(("plant.example.com",), ())

    def test_a_key_that_is_added_again_keeps_its_limits(self, checked: CheckedKeys, keys_file: Path) -> None:
        whole = f"{SALES_LINE}\nfinance:{FINANCE}\n"
        for end in range(1, len(whole) + 1):
            keys_file.write_text(whole[:end])
            assert checked.check(2).get("sales", SALES_SCOPE) == SALES_SCOPE, whole[:end]

    def test_a_last_line_that_says_what_holds_already_needs_no_line_break(
        self, checked: CheckedKeys, keys_file: Path
    ) -> None:
        keys_file.write_text(f"audit:{AUDIT}\n{SALES_LINE}")
        assert checked.check(2) == {"audit": None, "sales": SALES_SCOPE}

    def test_without_a_line_break_a_line_holds_after_a_minute_at_rest(
        self, checked: CheckedKeys, keys_file: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        keys_file.write_text(f"audit:{AUDIT}")
        assert checked.check(AT_REST_SECONDS - 1) == {}
        assert caplog.text.count("line 1 does not end in a line break") == 1
        assert checked.check(3) == {"audit": None}
        assert AUDIT not in caplog.text

    def test_at_the_start_a_file_is_as_old_as_its_date_says(self, keys_file: Path) -> None:
        keys_file.write_text(f"audit:{AUDIT}")
        assert KeyRing(None, keys_file).find(AUDIT) is None
        later = KeyRing(None, keys_file, wall_clock=lambda: time.time() + AT_REST_SECONDS)
        assert later.find(AUDIT) is not None


KEYS = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.sampled_from(["", " domain=x.example", " domain=x.example.com"])),
    max_size=5,
    unique_by=lambda line: line[0],
)


@given(before=KEYS, after=KEYS, cut=st.integers(0, 400))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_wherever_a_writer_pauses_nobody_sees_more_than_before_or_after(
    tmp_path: Path, before: list[tuple[str, str]], after: list[tuple[str, str]], cut: int
) -> None:
    def text(lines: list[tuple[str, str]]) -> str:
        return "".join(f"{name}:{name}-{FINANCE}{limit}\n" for name, limit in lines)

    path = tmp_path / "keys"
    path.write_text(text(after))
    allowed = set(read_keys(path, at_rest=True).keys)
    path.write_text(text(before))
    checked = CheckedKeys(path)
    allowed |= set(checked.ring.named)
    path.write_text(text(after)[:cut])
    checked.check(2)
    assert set(checked.ring.named) <= allowed
