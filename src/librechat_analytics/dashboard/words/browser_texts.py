"""The texts that the page's scripts show; ``{name}`` is replaced by a value.

The scripts take a text by its name here, and the type checker refuses a name that does not exist.
"""

from __future__ import annotations

from typing import TypedDict


class BrowserTexts(TypedDict):
    """One field for each text."""

    key_malformed: str
    key_rejected: str
    link_refused: str
    live: str
    live_short: str
    importing: str
    importing_short: str
    unreachable: str
    unreachable_short: str
    offline: str
    offline_short: str
    as_of: str
    filters: str
    no_filters: str
    connection_lost: str
    server_failing: str
    showing_as_of: str
    retrying: str
    reader_zone: str
    named_reader_zone: str
    no_zone: str
    earlier: str
    later: str
    nothing_there: str
    period_unread: str
    loads_later: str
    found_users: str
    found_agents: str
    found_models: str
    found_groups: str
    found_cost_centers: str
    found_views: str
    found_periods: str
    found_nothing: str
    filter_nothing: str
    key_of_control: str


BROWSER_TEXTS: BrowserTexts = {
    "key_malformed": "A key contains only letters, digits and ASCII punctuation, without spaces.",
    "key_rejected": "This key is not valid (any more). Ask the person who runs the dashboard.",
    "link_refused": "This link has expired or is not valid. Ask for a new one, or enter your access key.",
    # By the status of the source; {age}: "12 s ago", {time}: "3 Nov, 14:32". The short ones are for phones.
    "live": "Live · updated {age}",
    "live_short": "Live · {age}",
    "importing": "Reading history · updated {age}",
    "importing_short": "Reading · {age}",
    "unreachable": "Not updating · data up to {time}",
    "unreachable_short": "Stopped · {time}",
    "offline": "Imported file · data up to {time}",
    "offline_short": "Imported · {time}",
    # On paper: "As of 3 Nov 2026, 14:32 · Filters: Group Engineering"
    "as_of": "As of {time}",
    "filters": "Filters: {filters}",
    "no_filters": "No filters",
    # "Connection lost. Showing figures as of 14:32. Trying again."
    "connection_lost": "Connection lost.",
    "server_failing": "The server answers with an error.",
    "showing_as_of": " Showing figures as of {time}.",
    "retrying": " Trying again.",
    "reader_zone": "My time",
    "named_reader_zone": "My time ({zone})",
    "no_zone": "No time zone “{text}”.",
    # The buttons beside the period: "Earlier: September 2026".
    "earlier": "Earlier: {period}",
    "later": "Later: {period}",
    "nothing_there": "nothing there",
    "period_unread": "Not a period. Try “oct”, “last week”, “q3 2025” or “10-20..10-31”.",
    # "Connection lost. “Last 7 days” loads when the connection is back. Trying again."
    "loads_later": " “{period}” loads when the connection is back.",
    # Headings of what the find box shows.
    "found_users": "Users",
    "found_agents": "Agents",
    "found_models": "Models",
    "found_groups": "Groups",
    "found_cost_centers": "Cost centres",
    "found_views": "Views",
    "found_periods": "Periods",
    "found_nothing": "Nothing found. Search by parts of a name, an e-mail address or an id.",
    "filter_nothing": "Nothing matches.",
    "key_of_control": "Key: {key}",
}
