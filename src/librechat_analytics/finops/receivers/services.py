"""Sends messages to people by Apprise: Slack, Teams, Mattermost, mail and others."""

from __future__ import annotations

import logging
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from librechat_analytics.finops.messages import Answer
from librechat_analytics.finops.receivers.answers import of_status, shown

if TYPE_CHECKING:
    from librechat_analytics.finops.definitions import Receiver
    from librechat_analytics.finops.messages import Message

TIMEOUT_SECONDS: Final = 10.0
STATUS: Final = re.compile(r"error=(\d{3})")
"""How Apprise names the HTTP status of a failure in its log."""

MENTION: Final = re.compile(r"(?<!\w)@(?=[\w*])")
"""What calls a whole channel in a chat, such as ``@everyone``; a user could have such a name."""

NO_MENTION: Final = "@\N{ZERO WIDTH SPACE}"

MAIL: Final = ("mailto", "mailtos")
REFUSE_LONG_TEXTS: Final = ("discord", "pover", "tgram")
"""Services that refuse a text beyond their limit; it is sent to them in several messages."""


def send_to_people(receiver: Receiver, message: Message) -> Answer:
    """Send a message once and return the answer; never raises."""
    try:
        return _send(receiver, message)
    except Exception as error:  # a service of Apprise may fail in any way, and its error may hold the address
        return Answer(shown(f"not sent: {type(error).__name__}", receiver), is_taken=False)


def _send(receiver: Receiver, message: Message) -> Answer:
    # Imported only when something is sent: it takes most of a second and 36 MB.
    from apprise import Apprise, AppriseAsset, NotifyFormat, OverflowMode

    # Its own log would repeat what the result says, with hosts and parts of addresses.
    logging.getLogger("apprise").propagate = False
    scheme = receiver.address.partition("://")[0].lower()
    services = Apprise(asset=AppriseAsset(http_redirects=False, secure_logging=True))
    if not services.add(receiver.address):
        return Answer("the address cannot be used for this service", is_taken=False, is_final=True)
    for service in services:
        service.redirects = False
        service.socket_connect_timeout = service.socket_read_timeout = TIMEOUT_SECONDS
        if scheme in REFUSE_LONG_TEXTS:
            service.overflow_mode = OverflowMode.SPLIT
    html, is_mail = message.html, scheme in MAIL
    with tempfile.TemporaryDirectory() as folder:
        attached = []
        for each in message.attachments if is_mail else ():
            path = Path(folder) / each.name
            path.write_bytes(each.content)
            attached.append(str(path))
        result = services.notify(
            body=html if html is not None and is_mail else MENTION.sub(NO_MENTION, message.text),
            title=message.title,
            body_format=NotifyFormat.HTML if html is not None and is_mail else NotifyFormat.TEXT,
            attach=attached or None,
            timeout=TIMEOUT_SECONDS,
        )
    if result:
        return Answer("taken", is_taken=True)
    said = " ".join(str(entry.message) for service in result for attempt in service for entry in attempt)
    text = shown(said or "not taken", receiver)
    found = STATUS.search(said)
    return of_status(int(found[1]), text) if found else Answer(text, is_taken=False)
