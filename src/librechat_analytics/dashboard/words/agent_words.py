"""The models of an agent and its attribution in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.formatting import UNKNOWN, model_label, name_label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from librechat_analytics.usage.list_answers import ModelCost

MODELS_NAMED = 2
ALMOST_ALL = 0.995

LESS_CERTAIN = {
    "conversation": "by its conversation",
    "nearest": "by the nearest answer",
    "weak": "by the conversation's own agent",
}
"""How a row's agent was found if the row does not name it, most certain first."""

DIRECT_USE = "Models used directly"
NO_RECORD = "No remaining record names one"


def models_in_words(today: str | None, used: Sequence[ModelCost]) -> str:
    """Name the models that an agent ran on in the period, and today's model if it is not one of them."""
    names = [model_label(one.model) for one in used]
    today_label = name_label(today)
    if not names:
        return today_label
    more = f" +{len(names) - MODELS_NAMED}" if len(names) > MODELS_NAMED else ""
    text = ", ".join(names[:MODELS_NAMED]) + more
    return f"{text}; now {today_label}" if today_label and today_label not in names else text


def is_certain(attribution: Mapping[str, float]) -> bool:
    """Say whether almost all rows of an agent name it themselves."""
    return attribution.get("exact", 0.0) >= ALMOST_ALL


def certainty_in_words(attribution: Mapping[str, float]) -> str:
    """Say how it is known that an agent answered, by parts of its rows."""
    if is_certain(attribution):
        return "Certain"
    exact = attribution.get("exact", 0.0)
    parts = [f"{_percent(exact)} certain"] if exact else []
    parts += [
        f"{_percent(attribution[kind])} {words}"
        for kind, words in LESS_CERTAIN.items()
        if attribution.get(kind)
    ]
    text = ", ".join(parts)
    return text[:1].upper() + text[1:]


def certainty_in_short(attribution: Mapping[str, float]) -> tuple[str, str | None]:
    """Write how much of an agent's usage is certain, and how the rest is known for the tooltip."""
    if not attribution:
        return UNKNOWN, None
    if is_certain(attribution):
        return "100%", "Certain"
    return _percent(attribution.get("exact", 0.0)), certainty_in_words(attribution)


def _percent(part: float) -> str:
    return "<1%" if part < 0.01 else f"{part * 100:.0f}%"
