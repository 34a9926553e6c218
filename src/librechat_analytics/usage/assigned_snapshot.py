"""A snapshot whose queries can also read which cost centre pays for what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from librechat_analytics.store.interface import NO_FRAMES, NO_PARAMETERS, SqlRow
from librechat_analytics.usage.cost_center_rules import NO_RULES
from librechat_analytics.usage.cost_centers import (
    APART,
    FOREVER,
    Assigner,
    Assignment,
    Held,
    Part,
    Person,
    Span,
    microseconds,
    slot_ranges,
)
from librechat_analytics.usage.queries import of_store

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from librechat_analytics.store.interface import Extent, Snapshot, SqlColumns
    from librechat_analytics.usage.cost_center_rules import CostCenterRules

FRAME_NAMES = ("agent_slots", "user_slots", "agent_spans", "user_spans", "shares", "centers")
FRAMES_IN = re.compile(rf"\b(?:{'|'.join(FRAME_NAMES)})\b")

UNASSIGNED_KEY = 0
"""The key of what has no cost centre; the keys of cost centres begin with 1."""

NOTHING: tuple[SqlRow] = ({"name": None},)
"""Of a user whose id or e-mail address no rule names."""

NO_LABELS: tuple[SqlRow] = ({},)
"""Without rules, no label matters."""

KEPT_STATES = 2
"""How many states of rules and labels to keep: two editions may answer at once."""


class AssignedSnapshot:
    """A snapshot that adds the frames of cost centres to the queries that name them."""

    def __init__(self, snapshot: Snapshot, rules: CostCenterRules | None, assignments: Assignments) -> None:
        self._snapshot = snapshot
        self._rules = rules or NO_RULES
        self._assignments = assignments

    @property
    def engine(self) -> str:
        """The database behind the store."""
        return self._snapshot.engine

    @property
    def extent(self) -> Extent:
        """How far the store reaches."""
        return self._snapshot.extent

    def rows(
        self,
        query: str,
        parameters: Mapping[str, object] = NO_PARAMETERS,
        frames: Mapping[str, pd.DataFrame] = NO_FRAMES,
    ) -> list[SqlRow]:
        """Run a query and return its rows; see the protocol."""
        return self._snapshot.rows(query, parameters, self._with_centers(query, frames))

    def columns(
        self,
        query: str,
        parameters: Mapping[str, object] = NO_PARAMETERS,
        frames: Mapping[str, pd.DataFrame] = NO_FRAMES,
    ) -> SqlColumns:
        """Run a query and return its columns; see the protocol."""
        return self._snapshot.columns(query, parameters, self._with_centers(query, frames))

    def _with_centers(self, query: str, frames: Mapping[str, pd.DataFrame]) -> Mapping[str, pd.DataFrame]:
        named = {*FRAMES_IN.findall(query)}
        if not named:
            return frames
        return {**frames, **{name: self._of_centers[name] for name in named}}

    @cached_property
    def _of_centers(self) -> Mapping[str, pd.DataFrame]:
        return self._assignments.frames(self._snapshot, self._rules)


class Assignments:
    """Computes who pays once for each state of the rules and the labels; for many threads at once."""

    def __init__(self) -> None:
        self._computing = Lock()
        self._kept: list[tuple[CostCenterRules, SqlRow, Mapping[str, pd.DataFrame]]] = []

    def frames(self, snapshot: Snapshot, rules: CostCenterRules) -> Mapping[str, pd.DataFrame]:
        """Return the frames that ``base/cost_centers.sql`` reads, for the labels of a snapshot."""
        (labels,) = NO_LABELS if rules == NO_RULES else snapshot.rows(of_store("labels_state"))
        with self._computing:
            for of_rules, of_labels, frames in self._kept:
                if of_rules is rules and of_labels == labels:
                    return frames
            frames = _frames(snapshot, Assigner(rules))
            self._kept = [(rules, labels, frames), *self._kept[: KEPT_STATES - 1]]
            return frames


@dataclass(frozen=True, slots=True)
class _Keys:
    """The keys of cost centres by name, and of assignments."""

    centers: Mapping[str, int]
    assignments: dict[Assignment, int]

    def assignment(self, assignment: Assignment) -> int:
        return self.assignments.setdefault(assignment, len(self.assignments) + 1)

    def center(self, span: Span | None) -> int:
        """Return the one cost centre of a span, if it has one."""
        if span is None or len(span.assignment.shares) != 1:
            return UNASSIGNED_KEY
        return self.centers[span.assignment.shares[0][0]]


def _frames(snapshot: Snapshot, assigner: Assigner) -> Mapping[str, pd.DataFrame]:
    keys = _Keys({name: key for key, name in enumerate(assigner.centers, 1)}, {APART: 1})
    who, names = [who for who, _ in assigner.subjects], [name for _, name in assigner.subjects]
    subjects = {"subjects": _texts({"who": who, "name": names})}
    agents = [
        (row["key"], assigner.of_agent(row["id"]))
        for row in snapshot.rows(of_store("agents_with_rules"), frames=subjects)
    ]
    people = _people(snapshot.rows(of_store("users_with_rules"), frames=subjects))
    users = [(key, assigner.of_person(person)) for key, person in people]
    parents = dict(assigner.rules.parents)
    centers = _texts({"name": [*keys.centers], "parent": [parents.get(name) for name in keys.centers]})
    return {
        "agent_slots": _slots(agents, keys),
        "user_slots": _slots(users, keys),
        "agent_spans": _spans(agents, keys),
        "user_spans": _spans(users, keys),
        "centers": centers.assign(key=np.array([*keys.centers.values()], "int32")),
        "shares": _shares(keys),
    }


def _people(rows: Iterable[SqlRow]) -> Iterator[tuple[int, Person]]:
    """Yield the users about whom rules say something, by their keys."""
    for key, of_one in groupby(rows, lambda row: row["user_key"]):
        said: dict[str, list[SqlRow]] = {}
        for row in of_one:
            said.setdefault(row["who"], []).append(row)
        (identity,) = said.get("user", NOTHING)
        (email,) = said.get("email", NOTHING)
        groups, domains, roles = (
            tuple(_held(row) for row in said.get(who, ())) for who in ("group", "domain", "role")
        )
        yield key, Person(identity["name"], email["name"], groups, domains, roles)


def _held(row: SqlRow) -> Held:
    until = FOREVER if row["until"] is None else microseconds(row["until"])
    return Held(row["name"], microseconds(row["since"]), until, row["assumed"])


Owned = Sequence[tuple[int, tuple[Span, ...]]]
"""The spans of agents or users, by their keys."""


def _slots(owned: Owned, keys: _Keys) -> pd.DataFrame:
    ranges = {spans: slot_ranges(spans) for _, spans in owned}
    found = [(key, each) for key, spans in owned for each in ranges[spans]]
    return pd.DataFrame(
        {
            "owner_key": np.array([key for key, _ in found], "uint32"),
            "first_slot": np.array([each.first for _, each in found], "int32"),
            "end_slot": np.array([each.end for _, each in found], "int32"),
            "payer_key": np.array([keys.center(each.span) for _, each in found], "int32"),
            "row_by_row": np.array([each.singly for _, each in found], "bool"),
            "between_groups": np.array(
                [each.span is not None and each.span.assignment == APART for _, each in found], "bool"
            ),
            "is_assumed": np.array(
                [each.span is not None and each.span.assumed for _, each in found], "bool"
            ),
        }
    )


def _spans(owned: Owned, keys: _Keys) -> pd.DataFrame:
    found = [(key, each) for key, spans in owned for each in spans]
    return pd.DataFrame(
        {
            "owner_key": np.array([key for key, _ in found], "uint32"),
            "since": np.array([each.since for _, each in found], "int64").astype("datetime64[us]"),
            "until": np.array([each.until for _, each in found], "int64").astype("datetime64[us]"),
            "assignment": np.array([keys.assignment(each.assignment) for _, each in found], "int32"),
            "is_assumed": np.array([each.assumed for _, each in found], "bool"),
        }
    )


def _shares(keys: _Keys) -> pd.DataFrame:
    """Return the parts of all assignments; the first row is no assignment's and shows the columns' types."""
    found = [(0, Part("", 1, (0,), is_main=True), 1)]
    for assignment, key in keys.assignments.items():
        parts = assignment.parts or (Part("", 1, (), is_main=True),)
        found += [(key, part, assignment.whole or 1) for part in parts]
    return pd.DataFrame(
        {
            "assignment": np.array([key for key, _, _ in found], "int32"),
            "payer_key": np.array([keys.centers.get(part.center, 0) for _, part, _ in found], "int32"),
            "share": np.array([part.share for _, part, _ in found], "int64"),
            "whole": np.array([whole for _, _, whole in found], "int64"),
            "others": [[*part.others] for _, part, _ in found],
            "is_main": np.array([part.is_main for _, part, _ in found], "bool"),
        }
    )


def _texts(columns: Mapping[str, Sequence[str | None]]) -> pd.DataFrame:
    """Return a table of texts, which are texts for the store too where there are none."""
    return pd.DataFrame({name: pd.Series([*values], dtype="str") for name, values in columns.items()})
