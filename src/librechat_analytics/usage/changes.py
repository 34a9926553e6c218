"""What changed between a period and the previous one, taken apart by subject and by cause."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Literal

from librechat_analytics.usage.filters import NONE
from librechat_analytics.usage.listed_subjects import known_subjects
from librechat_analytics.usage.periods import TimeRange
from librechat_analytics.usage.price_and_quantity import Amount, ModelUse, causes, effects
from librechat_analytics.usage.rows import range_rows, usd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from librechat_analytics.store.interface import Snapshot, SqlRow
    from librechat_analytics.usage.filters import Filters
    from librechat_analytics.usage.periods import Period
    from librechat_analytics.usage.questions import ChangeBy

ChangeState = Literal["new", "gone", "both"]
"""In which ranges a subject has usage: only now, only before, or in both."""


@dataclass(frozen=True, slots=True)
class Change:
    """How the cost of one user, model, agent and so on differs from the previous period.

    ``subject``: its id, or a model's, provider's or cost centre's name; None for the usage that has none,
    ``(unknown)`` where nothing shows the agent. ``price_usd`` and ``quantity_usd`` add up to
    ``difference_usd``.
    """

    subject: str | None
    name: str | None
    email: str | None
    deleted: bool
    before_usd: float
    now_usd: float
    difference_usd: float
    price_usd: float
    quantity_usd: float
    state: ChangeState

    @property
    def label(self) -> str:
        """Return its name, else its e-mail address, else its id; ``(none)`` for the usage without one."""
        return self.name or self.email or self.subject or NONE


@dataclass(frozen=True, slots=True)
class ChangeCauses:
    """Why the whole cost differs; the four add up to the difference."""

    more_calls_usd: float
    longer_calls_usd: float
    dearer_models_usd: float
    changed_prices_usd: float


@dataclass(frozen=True, slots=True)
class InSeveralGroups:
    """The users who are in several groups, and the difference in their cost, counted once."""

    users: int
    difference_usd: float


@dataclass(frozen=True, slots=True)
class Changes:
    """How a period's cost differs from that of the previous one; ``rows`` and ``rest_usd`` add up to it.

    ``rows``: by absolute difference. ``total``: how many there are without the limit. ``in_several`` is None
    except by group, where a user counts in each of their groups, and the rest takes away what counts twice.
    Without a previous period there are no rows, and what compares with it is None.
    """

    before_usd: float | None
    now_usd: float
    difference_usd: float | None
    causes: ChangeCauses | None
    rows: tuple[Change, ...]
    total: int
    rest_usd: float | None
    in_several: InSeveralGroups | None = None


def what_changed(snapshot: Snapshot, period: Period, by: ChangeBy, limit: int, filters: Filters) -> Changes:
    """Compare a period with the previous one, and rank what differs by absolute difference."""
    nothing = TimeRange(period.range.start, period.range.start)
    found = range_rows(
        snapshot,
        "changed_parts",
        period.range,
        filters,
        {"by": by, "limit": limit},
        before=period.previous or nothing,
        sources=known_subjects(by),
        by_center=by == "cost_center",
    )
    models = [_uses(row) for row in found if row["is_whole"]]
    now_e6 = sum(now.cost_e6 for _, now in models)
    if period.previous is None:
        return Changes(None, usd(now_e6), None, None, (), 0, None)
    rows = [row for row in found if not row["is_whole"]]
    before_e6 = sum(before.cost_e6 for before, _ in models)
    why = causes(models)
    parts = [list(of_one) for _, of_one in groupby(rows, lambda row: row["subject"])]
    listed_e6 = sum(now.cost_e6 - before.cost_e6 for before, now in map(_uses, rows))
    return Changes(
        before_usd=usd(before_e6),
        now_usd=usd(now_e6),
        difference_usd=usd(now_e6 - before_e6),
        causes=ChangeCauses(
            usd(why.more_calls_e6),
            usd(why.longer_calls_e6),
            usd(why.dearer_models_e6),
            usd(why.changed_prices_e6),
        ),
        rows=tuple(_change(of_one) for of_one in parts),
        total=rows[0]["total"] if rows else 0,
        rest_usd=usd(now_e6 - before_e6 - listed_e6),
        in_several=_in_several(snapshot, period.range, period.previous, filters) if by == "group" else None,
    )


def _change(rows: Sequence[SqlRow]) -> Change:
    """Make one entry from its rows, one for each model."""
    first, uses = rows[0], [_uses(row) for row in rows]
    before_e6, now_e6 = sum(use.cost_e6 for use, _ in uses), sum(use.cost_e6 for _, use in uses)
    split = effects(
        [
            pair
            for before, now in uses
            for pair in ((before.prompts, now.prompts), (before.completions, now.completions))
        ]
    )
    return Change(
        subject=first["subject"],
        name=first["name"],
        email=first["email"],
        deleted=first["deleted"],
        before_usd=usd(before_e6),
        now_usd=usd(now_e6),
        difference_usd=usd(now_e6 - before_e6),
        price_usd=usd(split.price_e6),
        quantity_usd=usd(split.quantity_e6),
        state="new" if not first["uses_before"] else "both" if first["uses"] else "gone",
    )


def _uses(row: SqlRow) -> tuple[ModelUse, ModelUse]:
    """Return how a model was used before and now."""

    def use(suffix: str) -> ModelUse:
        return ModelUse(
            row[f"calls{suffix}"] or 0,
            Amount(row[f"prompt_cost{suffix}_e6"], row[f"prompt_tokens{suffix}"]),
            Amount(row[f"completion_cost{suffix}_e6"], row[f"completion_tokens{suffix}"]),
        )

    return use("_before"), use("")


def _in_several(
    snapshot: Snapshot, time_range: TimeRange, before: TimeRange, filters: Filters
) -> InSeveralGroups:
    (row,) = range_rows(snapshot, "changed_in_several_groups", time_range, filters, before=before)
    return InSeveralGroups(row["users"], usd(row["difference_e6"]))
