"""The questions as SQL, each in a file of its own, and the rows that all of them start from."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from librechat_analytics.usage.filters import Filters


@cache
def statement(name: str) -> str:
    """Read the text of a question that looks at the store as a whole."""
    return files(__package__).joinpath(f"{name}.sql").read_text("utf-8")


def of_all_time(name: str, filters: Filters) -> str:
    """Compose a question about all usage, without a period, narrowed down by filters of users."""
    conditions = [statement(f"filters/{each}") for each in filters.conditions()]
    return f"{statement(name)} WHERE {' AND '.join(conditions or ['true'])}"


def question(name: str, filters: Filters) -> str:
    """Compose a question about a period's usage, narrowed down by filters.

    It may start from ``selected`` (the rows), ``ran`` (the same with the key of the model that really ran) or
    ``judged`` (their sums by all that makes a figure less sure); what it does not start from costs nothing.
    Its parameters are start, end and those of the filters.
    """
    return _composed(name, filters.conditions())


@cache
def _composed(name: str, filters: tuple[str, ...]) -> str:
    conditions = [statement(f"filters/{each}") for each in ("period", *filters) if each != "model"]
    model = statement("filters/model") if "model" in filters else "true"
    # An agent's id as model stands for the agent's model: only the resolved name can be filtered by.
    selected = "SELECT * EXCLUDE (ran_key) FROM ran" if "model" in filters else "SELECT * FROM dated"
    rows = " AND ".join(conditions)
    steps = (
        # Texts of our own files; values are always parameters.
        f"dated AS NOT MATERIALIZED (SELECT * FROM usage WHERE {rows})",  # noqa: S608 texts of our own files
        statement("named"),
        f"ran AS NOT MATERIALIZED (SELECT * FROM named WHERE {model})",  # noqa: S608
        f"selected AS NOT MATERIALIZED ({selected})",
        statement("judged"),
    )
    return f"WITH {', '.join(steps)}\n{statement(name)}"
