"""The documents of a turn's two messages: the user's, and the assistant's reply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from librechat_analytics.librechat.sample.conversations import TEMPORARY_MS
from librechat_analytics.librechat.sample.eras import moment
from librechat_analytics.librechat.sample.names import TOPICS

if TYPE_CHECKING:
    from librechat_analytics.librechat.documents import Document
    from librechat_analytics.librechat.sample.chance import Chance
    from librechat_analytics.librechat.sample.dump_files import Outbox
    from librechat_analytics.librechat.sample.turns import Turn

_TEXTS = tuple(f"SECRET-TEXT {topic.lower()}" for topic in TOPICS)


def add_messages(outbox: Outbox, chance: Chance, turn: Turn, replied_ms: int) -> None:
    """Queue the messages of a turn; now and then the user has deleted the reply since."""
    conversation = turn.conversation
    message_id = chance.uuid()
    lifetime: Document = {"isTemporary": False}
    if conversation.temporary:
        lifetime = {"isTemporary": True, "expiredAt": moment(conversation.created_ms + TEMPORARY_MS)}
    message: Document = {
        "_id": None,
        "messageId": message_id,
        "conversationId": conversation.id,
        "user": conversation.user.hex_id,
        "parentMessageId": conversation.last_message_id,
        "endpoint": conversation.endpoint,
        "sender": "User",
        "isCreatedByUser": True,
        "error": False,
        "unfinished": False,
        "tokenCount": turn.message_tokens,
        "text": _TEXTS[chance.getrandbits(4)],
        **lifetime,
    }
    outbox.add(message, turn.sent_ms, turn.sent_ms)
    if chance.random() < 0.004:
        return
    model, sender = _signature(turn)
    reply: Document = {
        "_id": None,
        "messageId": turn.reply_id,
        "conversationId": conversation.id,
        "user": conversation.user.hex_id,
        "parentMessageId": message_id,
        "endpoint": conversation.endpoint,
        "model": model,
        "sender": sender,
        "isCreatedByUser": False,
        "error": False,
        "unfinished": turn.stopped,
        "tokenCount": turn.reply_tokens,
        "text": _TEXTS[chance.getrandbits(4)],
        **lifetime,
    }
    if chance.random() < 0.03:
        reply["feedback"] = {"rating": "thumbsUp" if chance.random() < 0.8 else "thumbsDown"}
    if turn.day.release >= (0, 8, 7):
        usage = {
            "input": turn.prompt_tokens,
            "output": turn.reply_tokens,
            "cacheWrite": turn.write_tokens,
            "cacheRead": turn.read_tokens,
        }
        reply["metadata"] = {"usage": usage}
    outbox.add(reply, replied_ms, replied_ms)


def _signature(turn: Turn) -> tuple[str, str]:
    """Return what the reply says in ``model`` and ``sender``."""
    conversation, agent = turn.conversation, turn.conversation.agent
    if agent:
        # These releases save a stopped reply of an agent under its model's name.
        names_model = turn.stopped and (0, 8, 2) <= turn.day.release < (0, 8, 7)
        return turn.model.name if names_model else agent.id, agent.sender
    if conversation.assistant_id:
        return conversation.assistant_id, "Assistant"
    return turn.model.name, turn.model.sender
