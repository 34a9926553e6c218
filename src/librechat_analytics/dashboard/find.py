"""The box that finds users, agents, models, groups and cost centres, and what it shows of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from librechat_analytics.formatting import agent_label, model_label, money, name_label, plain_text, user_label
from librechat_analytics.usage.filters import is_readable
from librechat_analytics.usage.matching import KINDS

if TYPE_CHECKING:
    from librechat_analytics.usage.filters import Scope
    from librechat_analytics.usage.matching import Hit, Kind
    from librechat_analytics.usage.questions import Repository

LONGEST_TEXT = 200
MOST_OF_ALL_KINDS = 5
MOST_OF_ONE_KIND = 50
"""How many entries of each kind a search shows, among others and alone."""


class HitData(TypedDict):
    """What the browser shows of an entry that was found, and the value of its filter."""

    kind: Kind
    id: str
    label: str
    detail: str
    cost: str


class FindAnswer(TypedDict):
    """The entries that were found, with the number of the question that asked for them."""

    number: object
    hits: list[HitData]


def answer_find(repository: Repository, asked: object, scope: Scope | None) -> FindAnswer:
    """Answer a question of the browser: ``text``, ``kinds`` and ``number``; anything else finds nothing."""
    question = asked if isinstance(asked, dict) else {}
    text = question.get("text")
    wanted = question.get("kinds")
    kinds = tuple(kind for kind in KINDS if isinstance(wanted, list) and kind in wanted)
    if not isinstance(text, str) or not is_readable(text) or not kinds:
        return {"number": question.get("number"), "hits": []}
    most = MOST_OF_ONE_KIND if len(kinds) == 1 else MOST_OF_ALL_KINDS
    hits = repository.find(text[:LONGEST_TEXT], most, scope, kinds)
    return {"number": question.get("number"), "hits": [hit_data(hit) for hit in hits]}


def hit_data(hit: Hit) -> HitData:
    """Write an entry in words."""
    label, detail = label_of(hit), plain_text(hit.detail)
    return {
        "kind": hit.kind,
        "id": hit.id,
        "label": label,
        "detail": "" if detail == label else detail,
        "cost": "" if hit.cost_usd is None else money(hit.cost_usd),
    }


def label_of(hit: Hit) -> str:
    """Give the name of what was found, as tables and filters write it."""
    match hit.kind:
        case "user":
            return user_label(hit.label, hit.detail, hit.id, deleted=hit.deleted)
        case "agent":
            return agent_label(hit.label, hit.id, deleted=hit.deleted)
        case "model":
            return model_label(hit.id)
        case "group" | "cost_center":
            return name_label(hit.label) or name_label(hit.id)


def find_html() -> str:
    """Make the box as a dialog; ``find.js`` fills it."""
    return (
        '<dialog id="find" class="find" closedby="any" aria-label="Find anything">'
        '<input id="find-field" class="form-control" type="text" role="combobox" aria-expanded="false"'
        ' aria-controls="find-hits" aria-autocomplete="list" aria-label="Find a user, agent, model, group,'
        ' view or period" placeholder="User, agent, model, group, view or period" autocomplete="off"'
        ' spellcheck="false" autocapitalize="off" enterkeyhint="go">'
        '<div id="find-hits" class="choices" role="listbox" aria-label="Found" hidden></div>'
        '<p class="find-foot">Costs are of all time.</p>'
        "</dialog>"
    )
