"""Reads the rules of cost centres from the definitions file and its map."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from librechat_analytics.finops.read_map import ALL, center_name, rule_name
from librechat_analytics.usage.cost_center_rules import CostCenterRules, Rule, SeveralGroups, Who

if TYPE_CHECKING:
    from collections.abc import Mapping

    from librechat_analytics.finops.toml_table import Table

TABLES: Mapping[str, Who] = {"agents": "agent", "groups": "group", "domains": "domain", "roles": "role"}


def read_rules(table: Table, mapped: tuple[Rule, ...]) -> CostCenterRules:
    """Read the table ``cost_centers``; ``mapped`` are the rules of its map. Raises RefusalError."""
    table.only("map", *TABLES, "several_groups", "parents")
    return CostCenterRules(
        mapped=mapped,
        listed=tuple(rule for key, who in TABLES.items() for rule in _listed(table.table(key), key, who)),
        several_groups=table.choice("several_groups", get_args(SeveralGroups), "first"),
        parents=_parents(table.table("parents")),
    )


def _listed(table: Table, key: str, who: Who) -> list[Rule]:
    """Read one of the tables; its keys are ids or names, its values names of cost centres."""
    rules: dict[str, Rule] = {}
    for written in table.values:
        try:
            name, center = rule_name(who, written), center_name(table.text(written))
        except ValueError as error:
            raise table.refusal(written, f"{key}, {written}: {error}") from None
        if name in rules:
            raise table.refusal(written, f"{key} has {name} twice.")
        rules[name] = Rule(who, name, ((center, ALL),), line=table.line(written) or 0)
    return list(rules.values())


def _parents(table: Table) -> tuple[tuple[str, str], ...]:
    try:
        return tuple((center_name(name), center_name(table.text(name))) for name in table.values)
    except ValueError as error:
        raise table.refusal("", f"parents: {error}") from None
