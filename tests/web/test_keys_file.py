"""A file of keys, line by line: what is read, and what is refused with a sentence that shows no key."""

from __future__ import annotations

import os
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from librechat_analytics.usage.filters import Scope
from librechat_analytics.web.key_line import Key, digest
from librechat_analytics.web.keys_file import KeysFile, read_keys

if TYPE_CHECKING:
    from pathlib import Path

FINANCE = "f1nance-key-0f-ten-w0rds"
SALES = "s4les-lead-key-0f-the-n0rth"
GROUP = "66b0c1d2e3f4a5b6c7d8e9f0"
HASH = sha256(FINANCE.encode()).hexdigest()
HASH_OF_NOTHING = sha256(b"").hexdigest()


def read(folder: Path, content: str | bytes, *, at_rest: bool = True) -> KeysFile:
    path = folder / "keys"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_keys(path, at_rest=at_rest)


def sales(*domains: str, groups: tuple[str, ...] = (), tenants: tuple[str, ...] = ()) -> Key:
    scope = Scope(domains, groups, tenants) if domains or groups or tenants else None
    return Key("sales", digest(SALES), scope)


def of(*domains: str, users: tuple[str, ...] = (), cost_centers: tuple[str, ...] = ()) -> Key:
    return Key("sales", digest(SALES), Scope(domains, (), (), cost_centers, users))


@pytest.mark.parametrize(
    ("line", "key"),
    [
        (f"sales:{SALES}", sales()),
        (f"  sales:{SALES}\t", sales()),
        (f"sales:sha256:{sha256(SALES.encode()).hexdigest().upper()}", sales()),
        (f"sales:{SALES} domain=x.example", sales("x.example")),
        (f"sales:{SALES} domain=X.Example", sales("x.example")),
        (f"sales:{SALES} Domain=x.example", sales("x.example")),
        (f"sales:{SALES} domain=@x.example", sales("x.example")),
        (f"sales:{SALES} domain=x.example.", sales("x.example")),
        (f"sales:{SALES} domain=x.example,@y.example", sales("x.example", "y.example")),
        (f"sales:{SALES} domain=x.example domain=y.example", sales("x.example", "y.example")),
        (
            f"sales:{SALES} domain=m\N{LATIN SMALL LETTER U WITH DIAERESIS}ller.example",
            sales("m\N{LATIN SMALL LETTER U WITH DIAERESIS}ller.example"),
        ),
        (f"sales:{SALES} group={GROUP.upper()}", sales(groups=(GROUP,))),
        (f"sales:{SALES} domain=x.example group={GROUP},other", sales("x.example", groups=(GROUP, "other"))),
        (f"sales:{SALES} tenant=Acme,globex-2", sales(tenants=("Acme", "globex-2"))),
        (f"sales:{SALES} Tenant=acme tenant=b domain=x.example", sales("x.example", tenants=("acme", "b"))),
        (f"sales:{SALES} user={GROUP.upper()}", of(users=(GROUP,))),
        (f"sales:{SALES} user={GROUP} domain=x.example", of("x.example", users=(GROUP,))),
        (f"sales:{SALES} cost_center=Sales,IT", of(cost_centers=("Sales", "IT"))),
        (f"sales:{SALES} Cost_Center=R%20%26%20D%2C%20100%25", of(cost_centers=("R & D, 100%",))),
        (f"sales:{SALES} may=manage", replace(sales(), may_manage=True)),
        (f"sales:{SALES} May=Manage domain=x.example", replace(sales("x.example"), may_manage=True)),
    ],
)
def test_a_line_is_a_key_and_what_it_may_see(tmp_path: Path, line: str, key: Key) -> None:
    assert read(tmp_path, f"{line}\n") == KeysFile(keys=(key,))


@pytest.mark.parametrize(
    "content",
    [
        f"\N{ZERO WIDTH NO-BREAK SPACE}sales:{SALES} domain=x.example\n",
        f"# who may ask\r\n\r\nsales:{SALES} domain=x.example\r\n",
        f"\N{ZERO WIDTH NO-BREAK SPACE}# who may ask\r\nsales:{SALES} domain=x.example\r\n",
        f"# who may ask\n\N{ZERO WIDTH NO-BREAK SPACE}sales:{SALES} domain=x.example\n",
        f"sales:{SALES} domain=x.example\N{ZERO WIDTH SPACE}\n",
        f"# Schl\N{LATIN SMALL LETTER U WITH DIAERESIS}ssel\nsales:{SALES} domain=x.example\n".encode(
            "latin-1"
        ),
    ],
)
def test_a_file_is_read_however_an_editor_has_saved_it(tmp_path: Path, content: str | bytes) -> None:
    assert read(tmp_path, content) == KeysFile(keys=(sales("x.example"),))


WRONG = [
    ("finance", "must be name:key"),
    ("fin ance:x", "must be name:key"),
    (":sdfkj3490fdsjk4390", "must be name:key"),
    (f"finance,{FINANCE}", "must be name:key"),
    (f"finance: {FINANCE}", "the key must follow the colon without a space"),
    (f"finance :{FINANCE}", "must be name:key"),
    ("finance:short", "is shorter than"),
    ("finance:your-secure-key-here", "is an example"),
    (f'finance:"{FINANCE}"', "without quotes"),
    (f"finance:'{FINANCE}' domain=x.example", "without quotes"),
    (f"finance:{FINANCE},domain=x.example", "separate the key from what"),
    (f"finance:{FINANCE};Group={GROUP}", "separate the key from what"),
    (f"finance:{FINANCE}, domain=x.example", "separate what follows the key by a space only"),
    (f"finance:{FINANCE} , domain=x.example", "only domain=example.com, group=ID"),
    (
        f"finance:{FINANCE} users=all",
        "only domain=example.com, group=ID, user=ID, tenant=ID, cost_center=NAME and",
    ),
    (f"finance:{FINANCE} user=ana@x.example", "user= must be the _id of a LibreChat user"),
    (f"finance:{FINANCE} cost_center=", "cost_center= must be the name of a cost centre"),
    (f"finance:{FINANCE} cost_center=%20", "cost_center= must be the name of a cost centre"),
    (f"finance:{FINANCE} cost_center='R", "cost_center= must be the name of a cost centre"),
    (f"finance:{FINANCE} cost_center=%ff", "cost_center= must be the name of a cost centre"),
    (f"finance:{FINANCE} cost_center=(unassigned)", "(unassigned) is not allowed"),
    (f"finance:{FINANCE} cost_center=Sales,%28unassigned%29", "(unassigned) is not allowed"),
    (f"finance:{FINANCE} may=", "may= can only be may=manage; without it a key can only read"),
    (f"finance:{FINANCE} may=manage,write", "may= can only be may=manage"),
    (f"finance:{FINANCE} may=all", "may= can only be may=manage"),
    (f"finance:{FINANCE},may=manage", "separate the key from what follows it by a space"),
    (f"finance:{FINANCE} tenant=", "tenant= must be a tenantId"),
    (f"finance:{FINANCE} tenant='acme'", "tenant= must be a tenantId"),
    (f"finance:{FINANCE};tenant=acme", "separate the key from"),
    (f"finance:{FINANCE} domain", "only domain=example.com, group=ID"),
    (f"finance:{FINANCE} domain:x.example", "only domain=example.com, group=ID"),
    (f"finance:{FINANCE} # the finance team", "a comment needs a line of its own"),
    (f"finance:{FINANCE} domain=", "domain= must be the part after the @"),
    (f"finance:{FINANCE} domain= x.example", "domain= must be the part after the @"),
    (f"finance:{FINANCE} domain=x.example,", "domain= must be the part after the @"),
    (f"finance:{FINANCE} domain=x.example, y.example", "domain= must be the part after the @"),
    (f"finance:{FINANCE} domain=ana@x.example", "domain= must be the part after the @"),
    (f"finance:{FINANCE} domain=*.x.example", "domain= must be the part after the @"),
    (f"finance:{FINANCE} domain=https://x.example", "domain= must be the part after the @"),
    (f'finance:{FINANCE} domain="x.example"', "domain= must be the part after the @"),
    (f"finance:{FINANCE} group=", "group= must be the _id of a LibreChat group"),
    (f"finance:{FINANCE} group={GROUP},", "group= must be the _id of a LibreChat group"),
    (f"finance:{FINANCE} tenant=(none)", "only be limited to values that exist: (none) is not allowed"),
    (f"finance:{FINANCE} tenant=acme,(none)", "only be limited to values that exist: (none) is not allowed"),
    (f"finance:{FINANCE} group=(None)", "only be limited to values that exist: (none) is not allowed"),
    (f"finance:{FINANCE} domain=(none)", "only be limited to values that exist: (none) is not allowed"),
    (f"finance:sha256:{HASH_OF_NOTHING}", "is the hash of an empty text"),
    (f"finance:sha256:{HASH_OF_NOTHING.upper()}", "is the hash of an empty text"),
    (f"finance:sha256:{'0f' * 31}", "64 hex digits"),
    (f"finance:sha512:{'0f' * 64}", "64 hex digits"),
    (f"finance:SHA256:{'0f' * 32}", "64 hex digits"),
    (f"finance:{FINANCE}\0 domain=x.example", "is not UTF-8 text"),
]


@pytest.mark.parametrize(("line", "says"), WRONG)
def test_a_wrong_line_is_named_without_its_key_and_the_others_hold(
    tmp_path: Path, line: str, says: str
) -> None:
    file = read(tmp_path, f"{line}\nsales:{SALES} domain=x.example\n")
    assert file.keys == (sales("x.example"),)
    (problem,) = file.problems
    assert problem.startswith(f"DASHBOARD_API_KEYS_FILE {tmp_path / 'keys'}, line 1: ")
    assert says in problem
    assert problem.endswith("This line lets nobody in.")
    assert FINANCE not in problem
    assert "short'" not in problem


def test_a_line_in_another_encoding_is_wrong_by_itself(tmp_path: Path) -> None:
    utf_16 = f"finance:{FINANCE}\n".encode("utf-16-le")
    file = read(tmp_path, f"sales:{SALES}\n".encode() + utf_16)
    assert file.keys == (sales(),)
    assert "line 2: is not UTF-8 text. Save it as UTF-8." in file.problems[0]


LINE_BREAKS = ("\n", "\r", "\r\n", "\n\n", "\r\r\n", "\\\n", "\n# its limits\n", "\n  # its limits\n")


@given(
    limits=st.permutations(
        [
            *("domain=x.example", f"group={GROUP}", f"user={GROUP}"),
            *("Tenant=acme", "cost_center=IT", "may=manage"),
        ]
    ).flatmap(lambda all_limits: st.integers(1, 6).map(lambda count: all_limits[:count])),
    wrapped=st.integers(0, 2),
    line_break=st.sampled_from(LINE_BREAKS),
    indent=st.sampled_from(["", " ", "\t", "    ", "\N{NO-BREAK SPACE}", "\N{ZERO WIDTH SPACE}"]),
    at_rest=st.booleans(),
    end=st.sampled_from(["", "\n"]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_key_whose_limits_are_on_another_line_is_refused(
    tmp_path: Path, *, limits: list[str], wrapped: int, line_break: str, indent: str, at_rest: bool, end: str
) -> None:
    parts = [f"sales:{SALES}", *limits]
    place = 1 + wrapped % len(limits)
    content = f"{' '.join(parts[:place])}{line_break}{indent}{' '.join(parts[place:])}"
    file = read(tmp_path, f"finance:{FINANCE}\n{content}{end}", at_rest=at_rest)
    assert file.keys == (Key("finance", digest(FINANCE), None),)
    assert any(", line 2: " in problem for problem in file.problems)


@pytest.mark.parametrize(
    "rest",
    [
        "   x.example\n",
        "\tdomain:sales.europe.example.com\n",
        "domain = x.example\n",
        "domain:x.example\n",
        ", domain=x.example\n",
        '"tenant=acme"\n',
        "  and=more\n  group=sales\n",
        "nothing\n  group=sales\n",
        " domain=m\xfcller.example\n",
    ],
)
def test_a_line_that_goes_on_with_a_key_shuts_it_out(tmp_path: Path, rest: str) -> None:
    content = f"sales:{SALES}\n{rest}finance:{FINANCE}\n".encode("latin-1")
    file = read(tmp_path, content)
    assert file.keys == (Key("finance", digest(FINANCE), None),)
    assert "line 1: line " in file.problems[0]
    assert "seems to continue it. A key and its limits must be on one line." in file.problems[0]
    assert SALES not in "".join(file.problems)


def test_a_key_that_ends_in_a_backslash_holds_unless_its_line_goes_on(tmp_path: Path) -> None:
    key = Key("sales", digest(f"{SALES}\\"), None)
    for rest in ("", f"finance:{FINANCE}\n", "# the end\n"):
        assert key in read(tmp_path, f"sales:{SALES}\\\n{rest}").keys, rest
    assert read(tmp_path, f"sales:{SALES}\\\nusers=all\n").keys == ()


def test_indented_keys_count(tmp_path: Path) -> None:
    file = read(tmp_path, f"  finance:{FINANCE}\n  # sales\n  sales:{SALES} domain=x.example\n")
    assert file == KeysFile(keys=(Key("finance", digest(FINANCE), None), sales("x.example")))


def test_a_key_whose_line_goes_on_is_not_let_in_by_another_line_either(tmp_path: Path) -> None:
    assert read(tmp_path, f"sales:{SALES}\n  domain=x.example\nother:{SALES}\n").keys == ()


def test_a_key_may_be_called_like_a_limit_and_is_shut_out_like_any_other(tmp_path: Path) -> None:
    assert [key.name for key in read(tmp_path, f"tenant:{SALES}\n").keys] == ["tenant"]
    file = read(tmp_path, f"finance:{FINANCE}\ntenant:{SALES}\n  domain=x.example\n")
    assert [key.name for key in file.keys] == ["finance"]


def test_lines_with_the_same_key_and_different_limits_are_all_refused(tmp_path: Path) -> None:
    for second in (
        f"b:sha256:{HASH} domain=x.example",
        f"b:{FINANCE} domain=",
        f"a:{FINANCE} group={GROUP}",
        f"b:{FINANCE} may=manage",
    ):
        file = read(tmp_path, f"a:{FINANCE}\n{second}\nsales:{SALES}\n")
        assert file.keys == (sales(),), second
        assert "line 1: line 2 has the same key with other limits or a mistake" in file.problems[0]
        assert len(file.problems) == 2


def test_the_first_of_equal_lines_counts(tmp_path: Path) -> None:
    file = read(tmp_path, f"sales:{SALES}\nsales:{SALES}\n")
    assert file.keys == (sales(),)
    assert "line 2: line 1 already has the same key" in file.problems[0]


def test_the_first_of_two_keys_with_one_name_counts(tmp_path: Path) -> None:
    file = read(tmp_path, f"sales:short\nsales:{SALES}\nsales:{FINANCE}\n")
    assert file.keys == (sales(),)
    assert "line 3: line 2 already has the name sales" in file.problems[1]


@pytest.mark.parametrize(
    "half", [f"sales:{SALES}", f"sales:{SALES} domain=x.exam", "sales", f"sales:{SALES[:16]}"]
)
def test_a_last_line_without_a_line_break_waits(tmp_path: Path, half: str) -> None:
    file = read(tmp_path, f"finance:{FINANCE}\n{half}", at_rest=False)
    assert file.keys == (Key("finance", digest(FINANCE), None),)
    assert (file.waits, file.problems) == (True, ())
    assert "line 2 does not end in a line break: it may be half written" in file.last_line
    assert SALES not in file.last_line


def test_a_last_line_without_a_line_break_holds_in_a_file_at_rest(tmp_path: Path) -> None:
    file = read(tmp_path, f"sales:{SALES} domain=x.example")
    assert (file.keys, file.waits) == ((sales("x.example"),), False)
    assert (
        "line 1 does not end in a line break: a change in it counts only after 60 seconds" in file.last_line
    )


def test_a_comment_needs_no_line_break(tmp_path: Path) -> None:
    assert read(tmp_path, f"sales:{SALES}\n# the end", at_rest=False) == KeysFile(keys=(sales(),))
    assert read(tmp_path, "", at_rest=False) == KeysFile()


def test_a_file_that_cannot_be_read_has_no_keys_and_says_why(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    said = []
    for make in (lambda: None, path.mkdir, lambda: os.mkfifo(path), lambda: path.write_text("x", "utf-16")):
        make()
        file = read_keys(path, at_rest=True)
        assert file.unreadable
        assert file.keys == ()
        said += file.problems
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink(missing_ok=True)
    start, end = f"DASHBOARD_API_KEYS_FILE {path} ", " None of its keys is let in."
    assert said == [
        f"{start}cannot be read: No such file or directory.{end}",
        f"{start}is a folder, not a file.{end}",
        f"{start}is a named pipe, not a file.{end}",
        f"{start}is UTF-16 text. Save it as UTF-8.{end}",
    ]


@given(content=st.binary(max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_at_all_are_more_than_a_sentence(tmp_path: Path, content: bytes) -> None:
    file = read(tmp_path, content)
    assert all(problem.startswith("DASHBOARD_API_KEYS_FILE") for problem in file.problems)
