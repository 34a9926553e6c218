"""The command ``budgets``: how the budgets of the definitions file are doing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import typer

from librechat_analytics.cli.resources import (
    definitions_in_force,
    opened_reader,
    require_store,
    stored_answers,
)
from librechat_analytics.errors import OperatorError
from librechat_analytics.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from librechat_analytics.cli.running_server import BudgetOfServer
    from librechat_analytics.finops.definitions import Definitions
    from librechat_analytics.settings import Settings

EXIT_OVER = 2
"""The exit code where a budget is over."""

HEADINGS = ("Budget", "Spent", "Available", "Used", "Expected", "Status")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: its cells, the first is the budget's name."""

    cells: tuple[str, ...]
    is_over: bool


def budgets() -> None:
    """Print how the budgets are doing; the exit code is 2 if one is over, for cron."""
    settings = load_settings()
    definitions = _definitions(settings)
    require_store(settings)
    lines = _lines(_states(settings, definitions))
    if not lines:
        typer.echo("No budget is running.")
        return
    for row in _aligned([HEADINGS, *(line.cells for line in lines)]):
        typer.echo(row)
    if any(line.is_over for line in lines):
        raise typer.Exit(EXIT_OVER)


def _definitions(settings: Settings) -> Definitions:
    definitions = definitions_in_force(settings)
    if definitions is None or not definitions.budgets:
        raise OperatorError("There are no budgets: set FINOPS_FILE to a file that defines some.")
    return definitions


def _states(settings: Settings, definitions: Definitions) -> list[BudgetOfServer]:
    """Return the budgets as the API has them; the server computes them if one runs."""
    from librechat_analytics.cli.running_server import server_budgets
    from librechat_analytics.finops.budgets import budget_states
    from librechat_analytics.store.errors import StoreBusyError
    from librechat_analytics.web.budget_bodies import Budget

    try:
        with opened_reader(settings) as store:
            states = budget_states(stored_answers(store, definitions), definitions)
            return [json.loads(Budget.model_validate(state).model_dump_json()) for state in states]
    except StoreBusyError:
        return server_budgets(settings)


def _lines(found: Iterable[BudgetOfServer]) -> list[Line]:
    """Write one line for each budget; of those for each user and so on, the one that has used most."""
    from librechat_analytics.exports.columns import BUDGET_STATUSES
    from librechat_analytics.formatting import UNKNOWN, money, one_line, share

    lines = []
    for name, group in groupby(found, key=lambda one: one["name"]):
        members = [*group]
        most = max(members, key=lambda one: (one["usedShare"] is None, one["usedShare"] or 0.0))
        used, forecast = most["usedShare"], most["forecast"]
        over = sum(one["status"] == "over" for one in members)
        label, status = one_line(name), BUDGET_STATUSES[most["status"]]
        if most["each"] is not None:
            label += f", {one_line(most['label'] or '')}"
            status = f"{over:,} of {len(members):,} over"
        cells = (
            label,
            money(most["actual"]),
            money(most["available"]),
            UNKNOWN if used is None else share(used),
            money(forecast["expected"] if forecast else None),
            status,
        )
        lines.append(Line(cells, is_over=over > 0))
    return lines


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterable[str]:
    """Write rows in columns: names and statuses to the left, figures to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, *figures, status in rows:
        cells = [text.rjust(width) for text, width in zip(figures, widths[1:-1], strict=True)]
        yield "  ".join((name.ljust(widths[0]), *cells, status))
