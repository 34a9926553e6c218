"""The map of people to cost centres: who belongs where, from when on, with which share."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from librechat_analytics.finops import read_map as module
from librechat_analytics.finops.read_map import MapError, read_map
from librechat_analytics.usage.cost_center_rules import Rule

BERLIN = ZoneInfo("Europe/Berlin")
HEAD = "who,cost_center,valid_from,share\n"


def read(lines: str, head: str = HEAD) -> list[Rule]:
    return list(read_map(head + lines, BERLIN))


def test_who_is_a_user_an_address_a_domain_a_group_a_role_or_an_agent() -> None:
    rules = read(
        "66B0C1D2E3F4A5B6C7D8E9F0,A,,\nAda@Example.COM,A,,\ndomain:@Example.com,A,,\n"
        "group:66B0C1D2E3F4A5B6C7D8E9F0,A,,\nrole:ADMIN,A,,\nAgent:agent_Xy,A,,\n"
    )
    assert [(rule.who, rule.name, rule.line) for rule in rules] == [
        ("user", "66b0c1d2e3f4a5b6c7d8e9f0", 2),
        ("email", "ada@example.com", 3),
        ("domain", "example.com", 4),
        ("group", "66b0c1d2e3f4a5b6c7d8e9f0", 5),
        ("role", "ADMIN", 6),
        ("agent", "agent_Xy", 7),
    ]


def test_a_day_begins_at_midnight_in_the_files_zone() -> None:
    (rule,) = read("u,A,2026-07-01,\n")
    assert rule.since == datetime(2026, 6, 30, 22, tzinfo=UTC)


def test_shares_of_the_same_day_make_one_rule() -> None:
    always, later = read("u,A,,60\nu,B,2026-01-01,\nu,C,,40%\n")
    assert always == Rule("user", "u", (("A", 60), ("C", 40)), None, line=2)
    assert (later.shares, later.line) == ((("B", 100),), 3)


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffwho;cost_center;valid_from;share\r\nu;A, B;;\r\n",
        '# from HR\n\nShare,valid_from,WHO,cost_center\n,, u ,"A, B"\n',
        'who,cost_center\nu,"A, B"\n\n,\n',
    ],
)
def test_exports_of_office_programs_are_accepted(text: str) -> None:
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")  # as plain_files reads it
    (rule,) = read(text, head="")
    assert (rule.name, rule.shares) == ("u", (("A, B", 100),))


def test_a_cell_that_looks_like_a_formula_is_a_name() -> None:
    (rule,) = read("u,=1+1,,\n")
    assert rule.shares == (("=1+1", 100),)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("u,,,\n", "line 2: the name of the cost centre is missing."),
        (",A,,\n", "line 2: who is missing"),
        ("u,(unassigned),,\n", "line 2: a cost centre's name must not be in parentheses."),
        ("ok,A,,\nteam:x,A,,\n", "line 3: who must be a user's id, an e-mail address, or begin with one of"),
        ("@x.example,A,,\n", "line 2: write domain:x.example for everybody with this domain."),
        ("u,A,01.02.2026,\n", "line 2: valid_from must be a day"),
        ("u,A,2026-02-30,\n", "line 2: valid_from must be a day"),
        ("u,A,,0\n", "line 2: share must be whole per cents from 1 to 100"),
        ("u,A,,33.3\n", "line 2: share must be"),
        ("u,A,,60\nv,A,,\nu,B,,30\n", "line 4: the shares of u add up to 90, not to 100 (lines 2 and 4)."),
        ("u,A,2026-01-01,60\n", "line 2: the shares of u from 2026-01-01 add up to 60, not to 100 (line 2)."),
        ("u,A,,\nU@x.example,B,,\nu@X.example,B,,\n", "line 4: u@x.example has the same cost centre twice"),
        ("u,A,,,\nu,A,,,x\n", "line 3: there are 5 cells, but 4 columns."),
        ('u,"A,,\n', "line 2: "),
    ],
)
def test_a_line_that_cannot_be_used_is_refused_with_its_number(lines: str, says: str) -> None:
    with pytest.raises(MapError) as refused:
        read(lines)
    assert says in refused.value.problems[0]


@pytest.mark.parametrize("head", ["", "\n", "who\n", "who,cost_center,since\n", "who,who,cost_center\n"])
def test_a_map_without_its_columns_is_refused(head: str) -> None:
    with pytest.raises(MapError, match=r"the first line must be who,cost_center,valid_from,share"):
        read("", head=head)


def test_the_number_of_lines_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_LINES", 2)
    read("a,A,,\nb,A,,\n")
    with pytest.raises(MapError, match=r"line 4: a map has at most 2 lines"):
        read("a,A,,\nb,A,,\nc,A,,\n")
