"""What changed between two lists of rows, and timelines split by what rows are about."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from tests.support.oracle.figures import Body, calls, cost_of, grouped, tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.support.oracle.rows import Row

PARTS_SHOWN = 8

Subject = str | None


def agent_of(row: Row) -> Subject:
    return "(unknown)" if row.certainty == "unknown" else row.agent


SUBJECTS: dict[str, Callable[[Row], Subject]] = {
    "model": lambda row: row.model,
    "user": lambda row: row.user,
    "agent": agent_of,
}


def what_changed(before: list[Row] | None, now: list[Row], by: str, limit: int) -> Body:
    """The answer of ``/api/what-changed`` from the rows of both ranges."""
    if before is None:
        nothing = dict.fromkeys(("before", "difference", "causes", "rest"))
        return {**nothing, "now": cost_of(now), "parts": [], "total": 0}
    subject_of = SUBJECTS[by]
    rows_before, rows_now = grouped(before, subject_of), grouped(now, subject_of)
    parts = [_part(subject, rows_before.get(subject, []), rows_now.get(subject, []))
             for subject in {*rows_before, *rows_now}]  # fmt: skip
    parts.sort(key=lambda part: (-abs(part["difference"]), part["subject"] is None, part["subject"] or ""))
    difference = cost_of(now) - cost_of(before)
    shown = parts[:limit]
    return {
        "before": cost_of(before),
        "now": cost_of(now),
        "difference": difference,
        "causes": _causes(before, now),
        "parts": shown,
        "total": len(parts),
        "rest": difference - sum((part["difference"] for part in shown), Fraction(0)),
    }


def _part(subject: Subject, before: list[Row], now: list[Row]) -> Body:
    difference = cost_of(now) - cost_of(before)
    price = sum((_price_effect(*pair) for pair in _by_model_and_type(before, now)), Fraction(0))
    return {
        "subject": subject,
        "before": cost_of(before),
        "now": cost_of(now),
        "difference": difference,
        "price": price,
        "quantity": difference - price,
        "state": "both" if before and now else "gone" if before else "new",
    }


def _by_model_and_type(before: list[Row], now: list[Row]) -> Iterable[tuple[list[Row], list[Row]]]:
    for model in {row.model for row in (*before, *now)}:
        for is_prompt in (True, False):
            yield (
                [row for row in before if (row.model, row.is_prompt) == (model, is_prompt)],
                [row for row in now if (row.model, row.is_prompt) == (model, is_prompt)],
            )


def _price_effect(before: list[Row], now: list[Row]) -> Fraction:
    """The tokens of now times the difference in price; nothing where there was no price before."""
    if not tokens(before):
        return Fraction(0)
    return cost_of(now) - tokens(now) * cost_of(before) / tokens(before)


def _causes(before: list[Row], now: list[Row]) -> Body:
    """From the cost before to the cost now: by the number of calls, by models, by length, by price."""
    prices = sum((_price_effect(*pair) for pair in _by_model_and_type(before, now)), Fraction(0))
    if not calls(before):
        more = cost_of(now) - cost_of(before)
        return {"moreCalls": more, "longerCalls": Fraction(0), "dearerModels": Fraction(0),
                "changedPrices": Fraction(0)}  # fmt: skip
    more_calls = cost_of(before) * calls(now) / calls(before) - cost_of(before)
    longer = Fraction(0)
    for model in {row.model for row in (*before, *now)}:
        old = [row for row in before if row.model == model]
        new = [row for row in now if row.model == model]
        if calls(old):
            at_old_prices = cost_of(new) - sum(
                (_price_effect(*pair) for pair in _by_model_and_type(old, new)), Fraction(0)
            )
            longer += at_old_prices - cost_of(old) * calls(new) / calls(old)
    difference = cost_of(now) - cost_of(before)
    return {
        "moreCalls": more_calls,
        "longerCalls": longer,
        "dearerModels": difference - more_calls - longer - prices,
        "changedPrices": prices,
    }


def split_points(points: list[Body], rows: list[list[Row]], by: str) -> tuple[list[Body], list[Body]]:
    """The points of a timeline with their parts, and the legend; ``rows``: those of each point."""

    def key_of(row: Row) -> str:
        subject = SUBJECTS[by](row)
        return "(none)" if subject is None else subject

    costs: dict[str, Fraction] = {}
    for own in rows:
        for row in own:
            costs[key_of(row)] = costs.get(key_of(row), Fraction(0)) + row.cost
    keys = sorted(costs, key=lambda key: (-costs[key], key == "(none)", key))[:PARTS_SHOWN]
    split = [
        point
        | {
            "parts": {key: cost_of(row for row in own if key_of(row) == key) for key in keys},
            "others": cost_of(row for row in own if key_of(row) not in keys),
        }
        for point, own in zip(points, rows, strict=True)
    ]
    return split, [{"key": key, "cost": costs[key]} for key in keys]
