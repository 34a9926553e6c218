"""The questions, asked of the store: one method each, one query file each."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from librechat_analytics.usage.answers import (
    AgentRanking,
    Freshness,
    Part,
    PriceCheck,
    Quality,
    Ranking,
    Summary,
    Timeline,
    Totals,
)
from librechat_analytics.usage.filters import EVERYTHING, Filters
from librechat_analytics.usage.periods import Bucket, buckets
from librechat_analytics.usage.quality import (
    COST_IN_DOUBT,
    KINDS,
    Detail,
    Finding,
    QualityReport,
    Refusals,
)
from librechat_analytics.usage.queries import question, statement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import duckdb

    from librechat_analytics.store.store import Store
    from librechat_analytics.usage.answers import SourceStatus
    from librechat_analytics.usage.periods import BucketUnit, Period, TimeRange
    from librechat_analytics.usage.prices import PriceList

E6_PER_USD = 10**12
"""Millionths of a credit in a US dollar."""

SLOT_SECONDS = 900
NO_PART = Part(0.0, 0, 0, 0, 0, 0, 0.0)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Repository:
    """Answers from one snapshot of the store each; money leaves the integers only here."""

    def __init__(
        self,
        store: Store,
        *,
        source: Callable[[], tuple[SourceStatus, float | None]],
        prices: PriceList | None = None,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._store = store
        self._prices = prices
        self._source = source
        self._clock = clock

    @property
    def version(self) -> int:
        """The store's version; an answer holds until it changes."""
        return self._store.version

    def now(self) -> datetime:
        """Give the present, floored to the second."""
        return self._clock().replace(microsecond=0)

    def first_usage(self) -> datetime | None:
        """Give the date of the first usage row."""
        with self._store.reading() as cursor:
            ((first,),) = cursor.execute(statement("first_usage")).fetchall()
        return None if first is None else _aware(first)

    def freshness(self) -> Freshness:
        """Tell how old the figures are and how the source is doing."""
        state = self._store.state()
        status, progress = self._source()
        as_of, last_sync = (None if at is None else _aware(at) for at in (state.as_of, state.last_sync))
        return Freshness(
            as_of=as_of,
            status=status,
            last_sync=last_sync,
            progress=progress,
            unattributed=self._store.count_unattributed(),
        )

    def summary(self, period: Period, filters: Filters = EVERYTHING) -> Summary:
        """Total a period and the range before, and tell how sure the figures are."""
        with self._store.reading() as cursor:
            totals = _totals(cursor, period.range, filters)
            previous = None if period.previous is None else _totals(cursor, period.previous, filters)
            quality = self._quality(cursor, period.range, filters)
        return Summary(totals, previous, quality)

    def _quality(self, cursor: duckdb.DuckDBPyConnection, time_range: TimeRange, filters: Filters) -> Quality:
        judged = _one(cursor, question("quality", filters), _bounds(time_range) | filters.given())
        others = _rows(cursor, statement("other_token_types"), _bounds(time_range))
        ((rejected,),) = cursor.execute("SELECT count(*) FROM refused").fetchall()
        return Quality(
            default_rate_cost_usd=usd(judged["default_rate_cost_e6"]),
            no_model_cost_usd=usd(judged["no_model_cost_e6"]),
            agent_model_cost_usd=usd(judged["agent_model_cost_e6"]),
            incomplete_cost_usd=usd(judged["incomplete_cost_e6"]),
            sentinel_rows=judged["sentinel_rows"],
            positive_value_rows=judged["positive_value_rows"],
            other_token_types={row["other_token_type"]: row["documents"] for row in others},
            rejected_documents=rejected,
        )

    def quality(self, period: Period, filters: Filters = EVERYTHING) -> QualityReport:
        """Find what makes a period's figures less sure, and which documents were refused ever."""
        bounds = _bounds(period.range) | filters.given()
        with self._store.reading() as cursor:
            rows = [
                *_rows(cursor, question("findings", filters), bounds),
                *_rows(cursor, question("several_rates", filters), bounds),
                *_rows(cursor, question("recorded_twice", filters), bounds),
                *_rows(cursor, statement("other_rows"), _bounds(period.range) | {"now": _naive(self.now())}),
            ]
            refusals = _rows(cursor, statement("refusals"), {})
        findings = [
            _finding(code, found) for code in KINDS if (found := [row for row in rows if row["code"] == code])
        ]
        return QualityReport(
            findings=tuple(findings),
            refusals=tuple(
                Refusals(row["reason"], row["documents"], tuple(row["ids"]), _aware(row["last"]))
                for row in refusals
            ),
            doubtful_cost_usd=usd(sum(row["cost_e6"] for row in rows if row["code"] in COST_IN_DOUBT)),
        )

    def price_check(self, period: Period, filters: Filters = EVERYTHING) -> PriceCheck | None:
        """Price a period's tokens by the own price list; None without one."""
        if self._prices is None:
            return None
        with self._store.reading() as cursor:
            models = [model for (model,) in cursor.execute(statement("model_names")).fetchall()]
            cursor.register("prices", self._prices.frame(models))
            rows = _rows(cursor, question("price_check", filters), _bounds(period.range) | filters.given())
        entries = (
            {
                "provider": row["provider"],
                "model": row["model"],
                "cost_usd": usd(row["cost_e6"]),
                "listed_cost_usd": usd(row["listed_cost_e6"]),
                "list_price_usd": usd(row["list_price_e6"]) if row["listed_rows"] else None,
                "difference_usd": (
                    usd(row["listed_cost_e6"] - row["list_price_e6"]) if row["listed_rows"] else None
                ),
            }
            for row in rows
        )
        return PriceCheck(
            list_name=self._prices.name,
            rows=_table(entries, "provider model cost_usd listed_cost_usd list_price_usd difference_usd"),
            cost_usd=usd(sum(row["cost_e6"] for row in rows)),
            listed_cost_usd=usd(sum(row["listed_cost_e6"] for row in rows)),
            list_price_usd=usd(sum(row["list_price_e6"] for row in rows)),
        )

    def top_users(self, period: Period, limit: int, filters: Filters = EVERYTHING) -> Ranking:
        """Rank users by cost; rows without a readable user are one entry with id None."""
        rows = self._ask("top_users", period, filters, limit=limit)
        return _ranking(
            (
                {
                    "id": row["id"],
                    "name": row["name"],
                    "email": row["email"],
                    "deleted": row["deleted"],
                    **_spent(row),
                    "calls": row["calls"],
                    "conversations": row["conversations"],
                    "share": _share(row["cost_e6"], row["all_cost_e6"]),
                    "last_active": _aware(row["last_active"]),
                }
                for row in rows
            ),
            "id name email deleted cost_usd prompt_tokens completion_tokens total_tokens calls conversations"
            " share last_active",
            rows,
        )

    def top_models(self, period: Period, limit: int, filters: Filters = EVERYTHING) -> Ranking:
        """Rank the models that really ran by cost."""
        rows = self._ask("top_models", period, filters, limit=limit)
        return _ranking(
            (
                {
                    "model": row["model"],
                    "provider": row["provider"],
                    **_spent(row),
                    "cache_read_tokens": row["cache_read_tokens"],
                    "cache_write_tokens": row["cache_write_tokens"],
                    "calls": row["calls"],
                    "users": row["users"],
                    "conversations": row["conversations"],
                    "share": _share(row["cost_e6"], row["all_cost_e6"]),
                }
                for row in rows
            ),
            "model provider cost_usd prompt_tokens completion_tokens total_tokens cache_read_tokens"
            " cache_write_tokens calls users conversations share",
            rows,
        )

    def cost_breakdown(self, period: Period, limit: int, filters: Filters = EVERYTHING) -> Ranking:
        """Split models' cost into prompt and completion, with effective and stored rates."""
        rows = self._ask("cost_breakdown", period, filters, limit=limit)
        return _ranking(
            (
                {
                    "model": row["model"],
                    "prompt_cost_usd": usd(row["prompt_cost_e6"]),
                    "completion_cost_usd": usd(row["completion_cost_e6"]),
                    "cost_usd": usd(row["cost_e6"]),
                    "prompt_tokens": row["prompt_tokens"],
                    "completion_tokens": row["completion_tokens"],
                    "cache_read_tokens": row["cache_read_tokens"],
                    "cache_write_tokens": row["cache_write_tokens"],
                    "prompt_rate": _effective_rate(row["prompt_cost_e6"], row["prompt_tokens"]),
                    "completion_rate": _effective_rate(row["completion_cost_e6"], row["completion_tokens"]),
                    "rates": row["rates"],
                }
                for row in rows
            ),
            "model prompt_cost_usd completion_cost_usd cost_usd prompt_tokens completion_tokens"
            " cache_read_tokens cache_write_tokens prompt_rate completion_rate rates",
            rows,
        )

    def top_agents(self, period: Period, limit: int, filters: Filters = EVERYTHING) -> AgentRanking:
        """Rank agents by cost, beside the usage without an agent and that of which it is unknown."""
        bounds = _bounds(period.range) | filters.given()
        with self._store.reading() as cursor:
            parts = {row["part"]: row for row in _rows(cursor, question("agent_parts", filters), bounds)}
            rows = _rows(cursor, question("top_agents", filters), bounds | {"limit": limit})
            keys = [row["agent_key"] for row in rows]
            details = _rows(cursor, question("agent_models", filters), bounds | {"agent_keys": keys})
        whole = sum(part["cost_e6"] for part in parts.values())
        ranking = _ranking(
            (
                {
                    "id": row["id"],
                    "name": row["name"],
                    "model": row["model"],
                    "provider": row["provider"],
                    "deleted": row["deleted"],
                    **_spent(row),
                    "calls": row["calls"],
                    "users": row["users"],
                    "conversations": row["conversations"],
                    "share": _share(row["cost_e6"], whole),
                    **_how_it_ran([detail for detail in details if detail["agent_key"] == row["agent_key"]]),
                }
                for row in rows
            ),
            "id name model provider deleted cost_usd prompt_tokens completion_tokens total_tokens calls users"
            " conversations share models attribution",
            rows,
        )
        return AgentRanking(
            ranking.rows,
            ranking.total,
            _part(parts.get("without"), whole),
            _part(parts.get("unknown"), whole),
        )

    def usage_over_time(self, period: Period, unit: BucketUnit, filters: Filters = EVERYTHING) -> Timeline:
        """Total a period bucket by bucket; raises BadParameterError over 1,000 buckets."""
        steps = buckets(period, unit, now=self.now())
        with self._store.reading() as cursor:
            found: dict[int, dict[str, Any]] = {}
            if steps:
                cursor.register("slots", _slots(steps))
                rows = _rows(
                    cursor, question("usage_over_time", filters), _bounds(period.range) | filters.given()
                )
                found = {row["bucket"]: row for row in rows}
        empty = dict.fromkeys(
            ("cost_e6", "prompt_tokens", "completion_tokens", "calls", "active_users", "conversations"), 0
        )
        points = (
            {
                "start": step.start,
                "end": step.end,
                "partial": step.partial,
                **_spent(row := found.get(number, empty)),
                "calls": row["calls"],
                "active_users": row["active_users"],
                "conversations": row["conversations"],
            }
            for number, step in enumerate(steps)
        )
        columns = (
            "start end partial cost_usd prompt_tokens completion_tokens total_tokens calls active_users"
            " conversations"
        )
        return Timeline(unit, _table(points, columns))

    def _ask(self, name: str, period: Period, filters: Filters, **parameters: int) -> list[dict[str, Any]]:
        with self._store.reading() as cursor:
            return _rows(
                cursor, question(name, filters), _bounds(period.range) | filters.given() | parameters
            )


def usd(credits_e6: int) -> float:
    """Give millionths of a LibreChat credit in US dollars, rounded once, to the nearest double."""
    return credits_e6 / E6_PER_USD


def _rows(cursor: duckdb.DuckDBPyConnection, query: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    cursor.execute(query, parameters)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _finding(code: str, rows: list[dict[str, Any]]) -> Finding:
    return Finding(
        code=code,
        documents=sum(row["documents"] for row in rows),
        tokens=sum(row["tokens"] for row in rows),
        cost_usd=usd(sum(row["cost_e6"] for row in rows)),
        first=_aware(min(row["first"] for row in rows)),
        last=_aware(max(row["last"] for row in rows)),
        details=tuple(
            Detail(row["detail"], row["documents"], row["tokens"], usd(row["cost_e6"]))
            for row in rows
            if row["detail"] is not None
        ),
    )


def _one(cursor: duckdb.DuckDBPyConnection, query: str, parameters: dict[str, Any]) -> dict[str, Any]:
    (row,) = _rows(cursor, query, parameters)
    return row


def _bounds(time_range: TimeRange) -> dict[str, Any]:
    return {"start": _naive(time_range.start), "end": _naive(time_range.end)}


def _totals(cursor: duckdb.DuckDBPyConnection, time_range: TimeRange, filters: Filters) -> Totals:
    row = _one(cursor, question("totals", filters), _bounds(time_range) | filters.given())
    return Totals(cost_usd=usd(row.pop("cost_e6")), **row)


def _spent(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "cost_usd": usd(row["cost_e6"]),
        "prompt_tokens": row["prompt_tokens"],
        "completion_tokens": row["completion_tokens"],
        "total_tokens": row["prompt_tokens"] + row["completion_tokens"],
    }


def _part(row: dict[str, Any] | None, whole: int) -> Part:
    if row is None:
        return NO_PART
    counted = {
        name: row[name] for name in ("prompt_tokens", "completion_tokens", "calls", "users", "conversations")
    }
    return Part(cost_usd=usd(row["cost_e6"]), share=_share(row["cost_e6"], whole), **counted)


def _how_it_ran(details: list[dict[str, Any]]) -> dict[str, Any]:
    costs: dict[str | None, int] = {}
    documents: dict[str, int] = {}
    for detail in details:
        costs[detail["model"]] = costs.get(detail["model"], 0) + detail["cost_e6"]
        documents[detail["certainty"]] = documents.get(detail["certainty"], 0) + detail["documents"]
    models = sorted(costs.items(), key=lambda item: (-item[1], item[0] is None, item[0] or ""))
    rows = sum(documents.values())
    return {
        "models": [{"model": model, "cost_usd": usd(cost)} for model, cost in models],
        "attribution": {certainty: documents[certainty] / rows for certainty in sorted(documents)},
    }


def _share(cost_e6: int, whole_e6: int) -> float:
    return cost_e6 / whole_e6 if whole_e6 else 0.0


def _effective_rate(cost_e6: int, tokens: int) -> float | None:
    return cost_e6 / (tokens * 10**6) if tokens else None


def _ranking(entries: Iterable[dict[str, Any]], columns: str, rows: list[dict[str, Any]]) -> Ranking:
    return Ranking(_table(entries, columns), rows[0]["total"] if rows else 0)


def _table(entries: Iterable[dict[str, Any]], columns: str) -> pd.DataFrame:
    # Objects, not pandas' numbers: sums may exceed 64 bits, and None must stay None.
    listed = list(entries)
    return pd.DataFrame(
        {name: pd.Series([entry[name] for entry in listed], dtype="object") for name in columns.split()}
    )


def _slots(steps: list[Bucket]) -> pd.DataFrame:
    edges = [int(step.start.timestamp()) // SLOT_SECONDS for step in steps]
    edges.append(int(steps[-1].end.timestamp()) // SLOT_SECONDS)
    counts = np.diff(edges)
    return pd.DataFrame(
        {
            "slot": np.arange(edges[0], edges[-1], dtype="int32"),
            "bucket": np.repeat(np.arange(len(steps), dtype="int32"), counts),
        }
    )


def _aware(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC)


def _naive(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None)
