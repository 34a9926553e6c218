"""What a view of the dashboard shows, and what it must show by the API's answers to the same request."""

from __future__ import annotations

import re
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo

from librechat_analytics.formatting import (
    UNKNOWN,
    agent_label,
    change,
    integer,
    model_label,
    money,
    money_exact,
    plain_text,
    rate,
    share,
    tokens,
    user_label,
)
from librechat_analytics.usage.period_words import describe_range
from librechat_analytics.usage.periods import TimeRange
from tests.support.waiting import PATIENCE_SECONDS

if TYPE_CHECKING:
    from playwright.sync_api import Page

    Json = dict[str, Any]
    Shown = dict[str, Any]

VIEWS = ("Overview", "Users", "Groups", "Models", "Agents", "Data quality")
DETAILS = {"User": "users", "Model": "models", "Agent": "agents"}
"""The pages of one each, and the lists that lead to them."""
ROWS_AT_FIRST = 50
ABOUT_THE_SAME = "about the same"
BARS = 10
ASK_AGAIN_SECONDS = 2
COMPARED_COLUMNS = {"Users": 10, "Groups": 7, "Models": 14, "Agents": 10}
"""How many columns of a list are compared; those that only ``exports/columns.py`` declares come later."""

CHARTS = (
    *("over-time", "users-cost", "models-cost", "models-tokens", "agents-cost"),
    *("detail-cost-time", "detail-tokens-time"),
)
"""Those that show what the API answers; the others are drawn from questions that it does not have."""

READ = """
([view, charts]) => {
  const section = document.getElementById(`${view}-view`);
  if (!section || section.hidden) return {};
  const text = (node) => node?.textContent ?? null;
  const seen = (selector) =>
    [...section.querySelectorAll(selector)].filter((node) => !node.closest("[hidden]"));
  const bars = (id) => {
    const drawing = document.querySelector(`#${id}-chart .js-plotly-plot`);
    const drawn = new Map(); // a series may be drawn in pieces: buckets that are over, buckets that are not
    for (const { type, name, orientation, x, y } of drawing?.data ?? []) {
      if (type !== "bar") continue;
      const values = orientation === "h" ? x : y;
      const others = drawn.get(name) ?? [];
      drawn.set(name, values.map((value, place) => value ?? others[place] ?? null));
    }
    return [...drawn.values()];
  };
  const lines = [...section.querySelectorAll(`#${view}-rows tr, #${view}-total tr`)]
    .filter((line) => line.cells.length > 1);
  const cells = (line) => [...line.cells].filter((cell) => !cell.matches(".trend-cell"));
  const named = (node) => text(node.querySelector(".name a") ?? node.querySelector(".name") ?? node);
  return {
    words: text(document.getElementById("range-words")),
    cards: [...section.querySelectorAll(".card-value")].map((value) =>
      [text(value), value.title, text(value.parentElement.querySelector(".card-change"))]),
    bars: Object.fromEntries([...section.querySelectorAll(".chart")]
      .map((chart) => chart.id.replace(/-chart$/, ""))
      .filter((id) => charts.includes(id))
      .map((id) => [id, bars(id)])),
    lead: text(section.querySelector(".quality-lead strong")),
    findings: [...section.querySelectorAll(".finding")].map((finding) =>
      [finding.querySelector("h2"), ...[...finding.querySelectorAll("dd")].slice(0, 3)].map(text)),
    lists: Object.fromEntries(seen(".ranked-list").map((list) =>
      [list.id, [...list.querySelectorAll(".ranked")].map((entry) =>
        [named(entry), text(entry.querySelector(".ranked-amount"))])])),
    rows: lines.map((line) => cells(line).map(named)),
    details: lines.map((line) => {
      const parts = [...(line.querySelector(".detail")?.childNodes ?? [])];
      return parts.filter((part) => !part.matches?.(".doubt")).map(text).join("").trim() || null;
    }),
    exact: lines.map((line) => cells(line).map((cell) => cell.title)),
    failures: [...section.querySelectorAll(".panel-error:not(:empty)")].map(text),
  };
}
"""


class Answering(Protocol):
    """A program or an oracle that answers as the API does."""

    def ask(self, endpoint: str, **parameters: str) -> Json: ...


def assert_shows_what_the_api_says(page: Page, site: Answering, view: str, **query: str) -> None:
    """Wait until a view shows the API's figures for ``query``; raises AssertionError where it does not.

    A rolling period can move on between the two requests; then both are repeated.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    expected = expected_on(view, site, query)
    while (shown := _shown_when_equal(page, view, expected)) != expected:
        if time.monotonic() > deadline:
            raise AssertionError(f"{view} {query}:\n" + "\n".join(_differences(shown, expected)))
        before, expected = expected, expected_on(view, site, query)
        if before != expected:
            page.reload()


def _differences(shown: Any, expected: Any, where: str = "") -> list[str]:
    if isinstance(shown, dict) and isinstance(expected, dict):
        parts: Any = {key: (shown.get(key), expected.get(key)) for key in {**expected, **shown}}.items()
    elif isinstance(shown, list) and isinstance(expected, list) and len(shown) == len(expected):
        parts = enumerate(zip(shown, expected, strict=True))
    else:
        return [] if shown == expected else [f"{where}: shown {shown!r}, expected {expected!r}"]
    return [line for name, (one, other) in parts for line in _differences(one, other, f"{where} · {name}")]


def _shown_when_equal(page: Page, view: str, expected: Shown) -> Shown:
    """What a view shows as soon as it is as expected, or after a while."""
    deadline, pause_ms = time.monotonic() + ASK_AGAIN_SECONDS, 50
    while (shown := shown_on(page, view)) != expected and time.monotonic() < deadline:
        page.wait_for_timeout(pause_ms)
        pause_ms = min(2 * pause_ms, 400)  # reading a view takes the page time from drawing it
    return shown


def name_of(view: str) -> str:
    """What a view is called in the address, and in its elements' ids."""
    return "detail" if view in DETAILS else view.rpartition(" ")[2].lower()


def shown_on(page: Page, view: str) -> Shown:
    """What a view shows, in the shape of ``expected_on``; empty while it is hidden."""
    raw = page.evaluate(READ, [name_of(view), CHARTS])
    if not raw:
        return {}
    kept: Shown = {
        "failures": raw["failures"],
        "days": re.sub(r"^.* · |( \(.*\))?, [\w/]+$", "", raw["words"] or ""),
    }
    if view == "Data quality":
        return kept | {"lead": raw["lead"], "findings": raw["findings"]}
    if view == "Overview" or view in DETAILS:
        return kept | {
            "cards": [[value, exact, _change_words(words)] for value, exact, words in raw["cards"]],
            "bars": raw["bars"],
            "lists": raw["lists"],
        }
    count = COMPARED_COLUMNS[view]
    # The day that a user was last active counts, not how long ago that is by now.
    rows = [
        [*cells[: count - 1], exact[count - 1]] if view == "Users" else cells[:count]
        for cells, exact in zip(raw["rows"], raw["exact"], strict=True)
    ]
    return kept | {"rows": rows, "details": raw["details"], "bars": raw["bars"]}


def _change_words(text: str) -> str:
    """``↑up 148% from 22 Oct`` as ``change`` words it, without the range."""
    if text.startswith("about the same"):
        return ABOUT_THE_SAME
    if text.startswith("↓almost nothing"):
        return ">99% less"
    found = re.match(r"[↑↓→](?:(up|down) )?(>?\d+%|new|no change)", text)
    if found is None:
        return text
    return f"{found[2]} {'more' if found[1] == 'up' else 'less'}" if found[1] else found[2]


def _change_text(now: float, before: float | None) -> str:
    text = change(now, before).text
    return ABOUT_THE_SAME if text.startswith("<1%") else text


def expected_on(view: str, site: Answering, query: dict[str, str]) -> Shown:
    """What a view must show."""
    figures = {
        "Overview": _overview,
        "Users": _users,
        "Groups": _groups,
        "Models": _models,
        "Agents": _agents,
        "Data quality": _quality,
        **dict.fromkeys(DETAILS, _detail),
    }[view]
    period = site.ask("summary", **query)["period"]
    days = TimeRange(datetime.fromisoformat(period["start"]), datetime.fromisoformat(period["end"]))
    return {"failures": [], "days": describe_range(days, ZoneInfo(period["timezone"]))} | figures(site, query)


def _cards(summary: Json, third: str) -> list[list[str]]:
    before = summary["previous"] or {}
    return [
        [as_text(summary[name]), exact(summary[name]), _change_text(summary[name], before.get(name))]
        for name, as_text, exact in (
            ("cost", money, money_exact),
            ("totalTokens", tokens, integer),
            (third, integer, integer),
            ("conversations", integer, integer),
        )
    ]


def _overview(site: Answering, query: dict[str, str]) -> Shown:
    points = site.ask("usage-over-time", **query)["points"]
    return {
        "cards": _cards(site.ask("summary", **query), "activeUsers"),
        "bars": {
            "over-time": _columns(points, "cost"),
        },
        "lists": {
            "top-users": _greatest(site.ask("top-users", **query)["users"], _user),
            "top-models": _greatest(site.ask("top-models", **query)["models"], _model),
            "top-agents": _greatest(site.ask("top-agents", **query)["agents"], _agent),
        },
    }


def _detail(site: Answering, query: dict[str, str]) -> Shown:
    points = site.ask("usage-over-time", **query)["points"]
    labels = {"users": _user, "models": _model, "agents": _agent}
    (own,) = (things for subject, things in DETAILS.items() if subject.lower() in query)
    return {
        "cards": _cards(site.ask("summary", **query), "calls"),
        "bars": {
            "detail-cost-time": _columns(points, "cost"),
            "detail-tokens-time": _columns(points, "promptTokens", "completionTokens"),
        },
        "lists": {
            f"detail-{things}": _greatest(site.ask(f"top-{things}", **query)[things], label, BARS)
            for things, label in labels.items()
            if things != own
        }
        | ({} if own == "agents" else {"detail-agents": _agents_and_rest(site, query)}),
    }


def _agents_and_rest(site: Answering, query: dict[str, str]) -> list[list[str]]:
    answer = site.ask("top-agents", **query)
    rest = (("Without an agent", answer["withoutAgent"]), ("Unknown agent", answer["unknown"]))
    lines = [[name, money(part["cost"])] for name, part in rest if part["calls"]]
    return _greatest(answer["agents"], _agent, BARS) + lines


def _quality(site: Answering, query: dict[str, str]) -> Shown:
    report, whole = site.ask("quality", **query), site.ask("summary", **query)["cost"]
    uncertain = report["doubtfulCost"]
    lead: str | None
    if not report["findings"]:
        # A period without usage, such as a week that has just begun, has no sentence.
        lead = "Nothing is uncertain. " if site.ask("summary", **query)["calls"] else None
    elif uncertain > 0:
        lead = f"{share(1 - min(uncertain / whole, 1.0))} of {money(whole)} is priced from known rates."
    else:
        lead = f"All of {money(whole)} is priced from known rates."
    findings = [
        [
            finding["title"],
            f"{money(finding['cost'])}{_part(finding['cost'], whole)}",
            integer(finding["rows"]),
            tokens(finding["tokens"]),
        ]
        for finding in sorted(report["findings"], key=lambda one: (-one["cost"], -one["rows"]))
    ]
    return {"lead": lead, "findings": findings}


def _part(cost: float, whole: float) -> str:
    return f" ({share(min(cost / whole, 1.0))})" if whole > 0 and cost > 0 else ""


def _users(site: Answering, query: dict[str, str]) -> Shown:
    users = site.ask("top-users", **query)["users"]
    rows = [
        [
            _user(user),
            money(user["cost"]),
            share(user["share"]),
            *_compared(user["cost"], user["previousCost"]),
            tokens(user["promptTokens"]),
            tokens(user["completionTokens"]),
            integer(user["calls"]),
            integer(user["conversations"]),
            f"{user['lastEver'][:16].replace('T', ' ')} UTC",
        ]
        for user in users[:ROWS_AT_FIRST]
    ]
    emails = [plain_text(user["email"]) for user in users[:ROWS_AT_FIRST]]
    details = [email if email not in ("", row[0]) else None for email, row in zip(emails, rows, strict=True)]
    if users:
        total = site.ask("summary", **query)
        rows.append(
            [
                "Total",
                money(total["cost"]),
                "",
                *_total_compared(total),
                tokens(total["promptTokens"]),
                tokens(total["completionTokens"]),
                integer(total["calls"]),
                integer(total["conversations"]),
                "",
            ]
        )
        details.append(None)
    return {
        "rows": rows,
        "details": details,
        "bars": {"users-cost": _columns(users[:BARS], "cost")},
    }


def _groups(site: Answering, query: dict[str, str]) -> Shown:
    if not site.ask("summary", **query)["calls"]:
        return {"rows": [], "details": [], "bars": {}}  # the view says that there is no usage
    answer = site.ask("breakdown", **query, by="group")
    lines = [(part["label"], part) for part in answer["parts"][:ROWS_AT_FIRST]]
    if answer["none"]["calls"] or answer["none"]["previousCost"]:
        lines.append(("In no group", answer["none"]))
    rows = [
        [
            name,
            money(part["cost"]),
            share(part["share"]),
            *_compared(part["cost"], part["previousCost"]),
            integer(part["users"]),
            money(part["cost"] / part["users"]) if "label" in part and part["users"] else "",
        ]
        for name, part in lines
    ]
    return {"rows": rows, "details": [None] * len(rows), "bars": {}}


def _compared(cost: float, before: float | None) -> list[str]:
    """The cost of the previous period, and the difference with its part in per cent."""
    if before is None:
        return [UNKNOWN, UNKNOWN]
    difference = cost - before
    sign = "+" if difference > 0 else "\u2212"
    amount = money(0.0) if abs(difference) < 0.005 else f"{sign}{money(abs(difference))}"
    if difference == 0:
        return [money(before), amount]
    if before <= 0 or cost <= 0:
        return [money(before), f"{amount} {'new' if difference > 0 else 'gone'}"]
    percent = round(100 * difference / before)
    part = ">999%" if abs(percent) > 999 else f"{sign}{abs(percent)}%" if percent else "<1%"
    return [money(before), f"{amount} {part}"]


def _total_compared(total: Json) -> list[str]:
    return _compared(total["cost"], total["previous"]["cost"] if total["previous"] else None)


def _models(site: Answering, query: dict[str, str]) -> Shown:
    models = site.ask("top-models", **query)["models"]
    parts = {part["model"]: part for part in site.ask("cost-breakdown", **query)["models"]}
    top = list(parts.values())[:BARS]
    rows = [
        [
            _model(model),
            money(model["cost"]),
            share(model["share"]),
            *_compared(model["cost"], model["previousCost"]),
            tokens(model["promptTokens"]),
            tokens(model["completionTokens"]),
            tokens(model["cacheReadTokens"]),
            tokens(model["cacheWriteTokens"]),
            integer(model["calls"]),
            integer(model["users"]),
            rate(parts[model["model"]]["promptRate"]),
            rate(parts[model["model"]]["completionRate"]),
            _rates(parts[model["model"]]["rates"]),
        ]
        for model in models[:ROWS_AT_FIRST]
    ]
    details = [plain_text(model["provider"]) or None for model in models[:ROWS_AT_FIRST]]
    if models:
        total = site.ask("summary", **query)
        rows.append(
            [
                "Total",
                money(total["cost"]),
                "",
                *_total_compared(total),
                tokens(total["promptTokens"]),
                tokens(total["completionTokens"]),
                tokens(total["cacheReadTokens"]),
                tokens(total["cacheWriteTokens"]),
                integer(total["calls"]),
                integer(total["activeUsers"]),
                "",
                "",
                "",
            ]
        )
        details.append(None)
    return {
        "rows": rows,
        "details": details,
        "bars": {
            "models-cost": _columns(top, "promptCost", "completionCost"),
            "models-tokens": _columns(top, "promptTokens", "completionTokens"),
        },
    }


def _rates(rates: list[float]) -> str:
    texts = [rate(one) for one in rates]
    return f"{', '.join(texts[:2])} +{len(texts) - 2}" if len(texts) > 2 else ", ".join(texts) or UNKNOWN


def _agents(site: Answering, query: dict[str, str]) -> Shown:
    answer, summary = site.ask("top-agents", **query), site.ask("summary", **query)
    agents = answer["agents"]
    lines = [(_agent(agent), agent, _attribution(agent["attribution"])) for agent in agents[:ROWS_AT_FIRST]]
    details = [_models_of(agent) for agent in agents[:ROWS_AT_FIRST]]
    total_compared = _total_compared(summary)
    if agents or answer["withoutAgent"]["calls"] or answer["unknown"]["calls"]:
        lines += [("Without an agent", answer["withoutAgent"], ""), ("Unknown agent", answer["unknown"], "")]
        total = summary | {"users": summary["activeUsers"], "share": None}
        lines.append(("Total", total, ""))
        details += ["Models used directly", "No remaining record names one", None]
    rows = [
        [
            name,
            money(part["cost"]),
            "" if part["share"] is None else share(part["share"]),
            *(_compared(part["cost"], part["previousCost"]) if part["share"] is not None else total_compared),
            tokens(part["totalTokens"]),
            integer(part["calls"]),
            integer(part["users"]),
            integer(part["conversations"]),
            attribution,
        ]
        for name, part, attribution in lines
    ]
    return {"rows": rows, "details": details, "bars": {"agents-cost": _columns(agents[:BARS], "cost")}}


def _models_of(agent: Json) -> str | None:
    names = [model_label(used["model"]) for used in agent["models"]]
    text = ", ".join(names[:2]) + (f" +{len(names) - 2}" if len(names) > 2 else "")
    today = plain_text(agent["model"])
    return (f"{text}; now {today}" if names and today and today not in names else text or today) or None


def _attribution(parts: dict[str, float]) -> str:
    exact = parts.get("exact", 0)
    if exact >= 0.995:
        return "100%"
    return "<1%" if exact < 0.01 else f"{round(exact * 100)}%"


def _columns(entries: list[Json], *names: str) -> list[list[float]]:
    return [[entry[name] for entry in entries] for name in names]


def _greatest(entries: list[Json], label: Any, length: int = 5) -> list[list[str]]:
    return [[label(entry), money(entry["cost"])] for entry in entries[:length]]


def _user(user: Json) -> str:
    return user_label(user["name"], user["email"], user["id"], deleted=user["deleted"])


def _model(model: Json) -> str:
    return model_label(model["model"])


def _agent(agent: Json) -> str:
    return agent_label(agent["name"], agent["id"], deleted=agent["deleted"])
