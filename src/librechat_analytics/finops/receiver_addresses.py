"""Which addresses messages may be sent to: chat and mail services, and programs by signed JSON."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from librechat_analytics.finops.definitions import ReceiverKind

ALLOWED_SCHEMES = (
    "brevo", "cliq", "dingtalk", "discord", "feishu", "gchat", "gotify", "gotifys", "incidentio", "json",
    "jsons", "lark", "mailgun", "mailto", "mailtos", "matrix", "matrixs", "mmost", "mmosts", "nctalk",
    "nctalks", "ntfy", "ntfys", "opsgenie", "pagerduty", "postmark", "pover", "resend", "rocket", "rockets",
    "sendgrid", "ses", "slack", "smtp2go", "tgram", "webex", "wecombot", "workflow", "workflows", "wxteams",
    "zoom", "zulip",
)  # fmt: skip
"""The schemes of Apprise that send to people over the network; others could run programs or write files."""

RETIRED = (
    "Microsoft has switched off connectors of Teams (webhook.office.com). Make a workflow in Teams, and use"
    " its address with workflows://."
)


def why_refused(kind: ReceiverKind, address: str) -> str | None:
    """Return why nothing may be sent to an address, as a sentence that never shows it; None if it is good."""
    scheme, separator, rest = address.partition("://")
    scheme = scheme.lower()
    if not separator or not rest.strip("/"):
        return "the address must begin with a scheme and a host, such as slack:// or https://."
    if scheme == "msteams" or "webhook.office.com" in rest.lower() or "office365.com/webhook" in rest.lower():
        return RETIRED
    if kind == "json":
        return _why_no_program(scheme, address)
    if scheme in ("http", "https"):
        return 'an address with https:// needs kind = "json".'
    if scheme not in ALLOWED_SCHEMES:
        return f"{scheme[:20]}:// is not allowed. Allowed are: {', '.join(ALLOWED_SCHEMES)}."
    return None


def _why_no_program(scheme: str, address: str) -> str | None:
    if scheme not in ("http", "https"):
        return 'kind = "json" needs an address with https://.'
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or not address.isascii() or not address.isprintable() or " " in address:
        return "the address cannot be read; write characters beyond ASCII as %C3%BC or xn--."
    if scheme == "http" and not _is_near(host):
        return "http:// is only for loopback and private addresses such as 10.0.0.5; use https://."
    return None


def _is_near(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    # Link-local addresses include the one by which clouds give machines their credentials.
    return address.is_loopback or (
        address.is_private and not address.is_link_local and not address.is_unspecified
    )
