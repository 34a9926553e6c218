"""Figures bucket by bucket, and by the hour of the week."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from librechat_analytics.store.interface import NO_PARAMETERS
from librechat_analytics.usage.filters import NONE
from librechat_analytics.usage.rows import (
    E6_PER_USD,
    answer_row,
    range_columns,
    range_rows,
    rate,
    total_tokens,
    usd,
)
from librechat_analytics.usage.timeline_answers import (
    HourRow,
    HoursOfWeek,
    Rates,
    RatesPoint,
    Split,
    SplitPart,
    SplitRow,
    Timeline,
    TimelinePoint,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from librechat_analytics.store.interface import Snapshot, SqlColumns, SqlRow
    from librechat_analytics.usage.filters import Filters
    from librechat_analytics.usage.periods import Bucket, BucketUnit, Period, TimeRange
    from librechat_analytics.usage.questions import SplitBy, TrendOf

SLOT_SECONDS = 900
HOURS_A_DAY = 24
SPLIT_PARTS = 8

NO_USAGE: SqlRow = {"cost_e6": 0, "prompt_tokens": 0, "completion_tokens": 0, "calls": 0}
NO_PEOPLE: SqlRow = {"active_users": 0, "conversations": 0}
NO_COST: SqlRow = {"prompt_cost_e6": 0, "prompt_tokens": 0, "completion_cost_e6": 0, "completion_tokens": 0}
NO_HOUR: SqlRow = {"cost_e6": 0, "tokens": 0, "calls": 0}


def usage(
    snapshot: Snapshot, time_range: TimeRange, unit: BucketUnit, buckets: Sequence[Bucket], filters: Filters
) -> Timeline:
    """Add up each bucket, with its users and conversations."""
    rows = _rows_by_bucket(snapshot, "usage_over_time", time_range, filters, buckets, counts_keys=True)
    return _timeline(unit, buckets, rows, NO_USAGE | NO_PEOPLE)


def spent(
    snapshot: Snapshot, time_range: TimeRange, unit: BucketUnit, buckets: Sequence[Bucket], filters: Filters
) -> Timeline:
    """Add up each bucket, without users and conversations, for less work."""
    rows = _rows_by_bucket(snapshot, "spent_over_time", time_range, filters, buckets)
    return _timeline(unit, buckets, rows, NO_USAGE)


def _timeline(
    unit: BucketUnit, buckets: Sequence[Bucket], rows: Mapping[int, SqlRow], empty: SqlRow
) -> Timeline:
    not_counted: dict[str, object] = {} if "active_users" in empty else dict.fromkeys(NO_PEOPLE)
    return Timeline(
        unit,
        tuple(
            answer_row(
                TimelinePoint,
                row := rows.get(number, empty),
                start=bucket.start,
                end=bucket.end,
                partial=bucket.partial,
                total_tokens=total_tokens(row),
                parts=None,
                others_usd=None,
                **not_counted,
            )
            for number, bucket in enumerate(buckets)
        ),
    )


def rates(
    snapshot: Snapshot, time_range: TimeRange, unit: BucketUnit, buckets: Sequence[Bucket], filters: Filters
) -> Rates:
    """Return what a million tokens really cost in each bucket."""
    rows = _rows_by_bucket(snapshot, "rates_over_time", time_range, filters, buckets)
    return Rates(
        unit,
        tuple(
            RatesPoint(
                bucket.start,
                bucket.end,
                bucket.partial,
                rate((row := rows.get(number, NO_COST))["prompt_cost_e6"], row["prompt_tokens"]),
                rate(row["completion_cost_e6"], row["completion_tokens"]),
            )
            for number, bucket in enumerate(buckets)
        ),
    )


def split(
    snapshot: Snapshot,
    time_range: TimeRange,
    unit: BucketUnit,
    buckets: Sequence[Bucket],
    dimension: SplitBy,
    filters: Filters,
) -> Split:
    """Split each bucket into the eight parts with the highest cost and the rest."""
    rows = _bucket_rows(
        snapshot,
        "split_over_time",
        time_range,
        filters,
        buckets,
        {"dimension": dimension, "parts": SPLIT_PARTS},
        by_center=dimension == "cost_center",
    )
    return Split(
        unit,
        tuple(bucket.start for bucket in buckets),
        tuple(answer_row(SplitRow, row) for row in rows),
        _legend(rows),
    )


def _legend(rows: Sequence[SqlRow]) -> tuple[SplitPart, ...]:
    """Return the parts of some rows in their order, with the cost of all their buckets."""
    named = {row["part"]: row for row in rows if row["part"] is not None}
    costs_e6 = dict.fromkeys(named, 0)
    for row in rows:
        if row["part"] is not None:
            costs_e6[row["part"]] += row["cost_e6"]
    return tuple(
        SplitPart(part, row["name"], row["email"], bool(row["deleted"]), usd(costs_e6[part]))
        for part, row in named.items()
    )


def with_parts(timeline: Timeline, split: Split) -> Timeline:
    """Return a timeline whose points also say what each part of a split cost."""
    keys = [part.key for part in split.legend]
    costs_usd = {(row.bucket, row.part): row.cost_usd for row in split.rows}
    points = (
        replace(
            point,
            parts={key: costs_usd.get((number, key), 0.0) for key in keys},
            others_usd=costs_usd.get((number, None), 0.0),
        )
        for number, point in enumerate(timeline.points)
    )
    return Timeline(timeline.unit, tuple(points), split.legend)


def trends(
    snapshot: Snapshot,
    time_range: TimeRange,
    buckets: Sequence[Bucket],
    dimension: TrendOf,
    parts: tuple[str | None, ...],
    filters: Filters,
) -> dict[str | None, tuple[float, ...]]:
    """Return the cost of each bucket in US dollars for some models, users, agents or cost centres."""
    if dimension == "cost_center":
        return _trends_of_cost_centers(snapshot, time_range, buckets, parts, filters)
    parameters = {"dimension": dimension, "parts": [part or NONE for part in parts]}
    costs_usd = {part: [0.0] * len(buckets) for part in parts}
    for row in _bucket_rows(snapshot, "trends", time_range, filters, buckets, parameters):
        costs_usd[row["part"]][row["bucket"]] = usd(row["cost_e6"])
    return {part: tuple(costs) for part, costs in costs_usd.items()}


def _trends_of_cost_centers(
    snapshot: Snapshot,
    time_range: TimeRange,
    buckets: Sequence[Bucket],
    parts: tuple[str | None, ...],
    filters: Filters,
) -> dict[str | None, tuple[float, ...]]:
    nothing = (0.0,) * len(buckets)
    if not buckets:
        return dict.fromkeys(parts, nothing)
    frames = {"slots": slot_frame(buckets)}
    found = range_columns(snapshot, "daily_costs_of_cost_centers", time_range, filters, frames=frames)
    costs_usd = by_bucket(found, len(buckets)) / E6_PER_USD
    known = dict(zip(found["subject"].tolist(), map(tuple, costs_usd.tolist()), strict=True))
    return {part: known.get(part, nothing) for part in parts}


def hours_of_week(snapshot: Snapshot, period: Period, filters: Filters) -> HoursOfWeek:
    """Add up each hour of the week in the period's zone."""
    found = range_rows(
        snapshot, "hours_of_week", period.range, filters, frames={"hours": _hours_by_slot(period)}
    )
    rows = {row["hour_of_week"]: row for row in found}
    return HoursOfWeek(
        tuple(
            answer_row(
                HourRow, rows.get(number, NO_HOUR), weekday=number // HOURS_A_DAY, hour=number % HOURS_A_DAY
            )
            for number in range(7 * HOURS_A_DAY)
        )
    )


def by_bucket(columns: SqlColumns, buckets: int) -> NDArray[np.float64]:
    """Spread out the lists in the columns ``buckets`` and ``costs_e6``, with a column for each bucket."""
    costs_e6 = np.zeros((len(columns["buckets"]), buckets))
    if len(costs_e6):
        rows = np.repeat(np.arange(len(costs_e6)), [len(numbers) for numbers in columns["buckets"]])
        costs_e6[rows, np.concatenate(columns["buckets"])] = np.concatenate(columns["costs_e6"])
    return costs_e6


def slot_frame(buckets: Sequence[Bucket]) -> pd.DataFrame:
    """Return the slots of some buckets, each with the number of its bucket."""
    return numbered_slots([*(bucket.start for bucket in buckets), buckets[-1].end])


def numbered_slots(edges: Sequence[datetime]) -> pd.DataFrame:
    """Return the slots between some ascending edges, each with the number of the edge before it."""
    slots = [int(edge.timestamp()) // SLOT_SECONDS for edge in edges]
    return pd.DataFrame(
        {
            "slot": np.arange(slots[0], slots[-1], dtype="int32"),
            "bucket": np.repeat(np.arange(len(slots) - 1, dtype="int32"), np.diff(slots)),
        }
    )


def _rows_by_bucket(
    snapshot: Snapshot,
    name: str,
    time_range: TimeRange,
    filters: Filters,
    buckets: Sequence[Bucket],
    *,
    counts_keys: bool = False,
) -> dict[int, SqlRow]:
    rows = _bucket_rows(snapshot, name, time_range, filters, buckets, counts_keys=counts_keys)
    return {row["bucket"]: row for row in rows}


def _bucket_rows(
    snapshot: Snapshot,
    name: str,
    time_range: TimeRange,
    filters: Filters,
    buckets: Sequence[Bucket],
    parameters: Mapping[str, object] = NO_PARAMETERS,
    *,
    counts_keys: bool = False,
    by_center: bool = False,
) -> list[SqlRow]:
    if not buckets:
        return []
    frames = {"slots": slot_frame(buckets)}
    return range_rows(
        snapshot,
        name,
        time_range,
        filters,
        parameters,
        frames=frames,
        groups=len(buckets) if counts_keys else None,
        by_center=by_center,
    )


def _hours_by_slot(period: Period) -> pd.DataFrame:
    """Return the slots of a period, each with its hour of the week: Monday's first hour is 0."""
    slot = f"{SLOT_SECONDS}s"
    start, end = (pd.Timestamp(at).tz_convert("UTC") for at in (period.range.start, period.range.end))
    instants = pd.date_range(start.floor(slot), end.ceil(slot), freq=slot)
    local = instants.tz_convert(period.zone)
    return pd.DataFrame(
        {
            "slot": (instants.as_unit("s").asi8 // SLOT_SECONDS).astype("int32"),
            "hour_of_week": (local.day_of_week * HOURS_A_DAY + local.hour).astype("int32"),
        }
    )
