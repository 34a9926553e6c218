"""Turns of a conversation: a user's message, the reply to it, and the rows that LibreChat writes for both."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from librechat_analytics.librechat.sample.chance import (
    MESSAGE_TOKENS,
    REPLY_TOKENS,
    TOOL_CALL_TOKENS,
    TOOL_CALLS,
)
from librechat_analytics.librechat.sample.models import DEFAULT_RATE, MODELS, SUBAGENT_MODEL, Model
from librechat_analytics.librechat.sample.rows import cached_prompt_row, pair_of_rows, row

if TYPE_CHECKING:
    from librechat_analytics.librechat.documents import Document
    from librechat_analytics.librechat.sample.agents import AgentPlan
    from librechat_analytics.librechat.sample.chance import Chance
    from librechat_analytics.librechat.sample.conversations import Conversation
    from librechat_analytics.librechat.sample.days import Day

_CACHE_LIFETIME_MS = 3_600_000


@dataclass(slots=True)
class Turn:
    """A user's message and the reply to it, while their documents are being made."""

    conversation: Conversation
    day: Day
    model: Model
    sent_ms: int
    reply_id: str
    head: Document
    message_tokens: int
    rows: list[Document] = field(default_factory=list)
    late_rows: list[Document] = field(default_factory=list)
    reply_tokens: int = 0
    prompt_tokens: int = 0
    read_tokens: int = 0
    write_tokens: int = 0
    stopped: bool = False

    def add_pair(self, model: str | None, context: str, rates: tuple[float, float]) -> None:
        """Add the rows of a call with the turn's own prompt and reply."""
        self.rows += pair_of_rows(self.head, model, context, rates, (self.prompt_tokens, self.reply_tokens))


class Turns:
    """Makes turns and their rows, as the release of the day would write them."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance
        self._tiered_calls: Counter[str] = Counter()

    def begin(self, conversation: Conversation, day: Day, now_ms: int) -> Turn:
        """Let the user send a message."""
        chance = self._chance
        reply_id = f"chatcmpl-{chance.nano_id()}" if conversation.kind == "remote" else chance.uuid()
        head: Document = {"_id": None, "user": conversation.user.object_id, "conversationId": conversation.id}
        if day.has_message_ids and conversation.kind != "assistant":
            head["messageId"] = reply_id
        agent = conversation.agent
        if now_ms - conversation.updated_ms > _CACHE_LIFETIME_MS:
            conversation.cached_tokens = 0
        message_tokens = MESSAGE_TOKENS[chance.getrandbits(10)]
        instructions = 2_800 if agent else 60
        return Turn(
            conversation=conversation,
            day=day,
            model=agent.model_on(day.days_left) if agent else conversation.model,
            sent_ms=now_ms,
            reply_id=reply_id,
            head=head,
            message_tokens=message_tokens,
            prompt_tokens=instructions + conversation.context_tokens + message_tokens,
            reply_tokens=REPLY_TOKENS[chance.getrandbits(10)],
        )

    def reply(self, turn: Turn) -> None:
        """Let the model or the agent reply, with all the calls that this takes."""
        chance, model, agent = self._chance, turn.model, turn.conversation.agent
        if agent and turn.day.release < (0, 8, 3) and chance.random() < 0.06:
            # The provider reported no usage, or LibreChat believed so and wrote its estimate as well.
            turn.add_pair(agent.id, "message", (DEFAULT_RATE, DEFAULT_RATE))
            if chance.random() < 0.6:
                return
        calls = TOOL_CALLS[chance.getrandbits(4)] if agent and agent.plan.tools else 1
        for _ in range(calls - 1):
            self._call(turn, TOOL_CALL_TOKENS[chance.getrandbits(6)])
            turn.prompt_tokens += MESSAGE_TOKENS[chance.getrandbits(10)] + 300
        if chance.random() < 0.004:
            turn.reply_tokens = 0
        self._call(turn, turn.reply_tokens)
        if model.reasons and chance.random() < 0.2:
            reasoning_tokens = REPLY_TOKENS[chance.getrandbits(10)]
            turn.rows.append(
                row(turn.head, "completion", model.name, "reasoning", reasoning_tokens, model.completion)
            )
        if agent:
            self._side_calls(turn, agent.plan)
        conversation = turn.conversation
        if conversation.turns == 0 and conversation.kind in {"chat", "agent"} and not conversation.temporary:
            title = turn.day.title_model
            tokens = (min(900, turn.message_tokens) + 120, 6 + chance.getrandbits(4))
            turn.late_rows += pair_of_rows(turn.head, title.name, "title", title.rates, tokens)

    def stop(self, turn: Turn) -> None:
        """Let the user stop the reply; each release recorded that in its own way."""
        turn.stopped = True
        turn.reply_tokens = 20 + turn.reply_tokens // 4
        agent, release = turn.conversation.agent, turn.day.release
        if release < (0, 8, 2):
            turn.add_pair(None, "incomplete", (1, 1))
        elif agent and release < (0, 8, 3):
            turn.add_pair(agent.id, "message", (DEFAULT_RATE, DEFAULT_RATE))
        elif self._chance.random() < 0.5:
            turn.add_pair(turn.model.name, "abort", turn.model.rates)
        else:
            turn.add_pair(turn.model.name, "incomplete", turn.model.rates)

    def _call(self, turn: Turn, reply_tokens: int) -> None:
        """Call the turn's model once."""
        model, release = turn.model, turn.day.release
        if tier := model.tier_in(release):
            self._tiered_calls[model.name] += 1
            if self._tiered_calls[model.name] % 600 == 100:
                tokens = (tier.above_tokens + 1 + self._chance.getrandbits(16), reply_tokens)
                rates = (tier.prompt, tier.completion)
                turn.rows += pair_of_rows(turn.head, model.name, "message", rates, tokens)
                return
        prompt_tokens = turn.prompt_tokens
        written, read = self._cached(turn.conversation, model, prompt_tokens)
        if not (written or read):
            tokens = (prompt_tokens, reply_tokens)
            turn.rows += pair_of_rows(turn.head, model.name, "message", model.rates, tokens)
            return
        turn.write_tokens += written
        turn.read_tokens += read
        fresh = prompt_tokens - written - read
        if model.endpoint != "anthropic" and release < (0, 8, 6):
            # Until v0.8.6 cached tokens of OpenAI and Google were counted as input as well.
            fresh += read
        turn.rows.append(cached_prompt_row(turn.head, model, release, (fresh, written, read)))
        if reply_tokens:
            turn.rows.append(
                row(turn.head, "completion", model.name, "message", reply_tokens, model.completion)
            )

    def _cached(self, conversation: Conversation, model: Model, prompt_tokens: int) -> tuple[int, int]:
        """Return how many of the prompt's tokens the provider wrote to its cache, and read from it."""
        chance = self._chance
        if prompt_tokens < 1_100:
            return 0, 0
        before = min(conversation.cached_tokens, prompt_tokens - 64)
        if model.endpoint == "anthropic":
            if chance.random() < 0.2:
                return 0, 0
            written = max(0, prompt_tokens - before - 2 - chance.getrandbits(6))
            conversation.cached_tokens = before + written
            return written if chance.random() < 0.9 else 0, before
        conversation.cached_tokens = prompt_tokens
        cached_share = {"openAI": 0.5, "google": 0.2}.get(model.endpoint, 0)
        return 0, before // 128 * 128 if chance.random() < cached_share else 0

    def _side_calls(self, turn: Turn, plan: AgentPlan) -> None:
        """Add the calls that an agent makes besides its reply; all carry the reply's message id."""
        release, chance = turn.day.release, self._chance.random()
        if release >= (0, 8, 7) and plan.delegates and chance < 0.4:
            for _ in range(1 + self._chance.getrandbits(1)):
                self._side_call(turn, SUBAGENT_MODEL, "subagent")
        if release >= (0, 8, 7) and plan.chained and chance < 0.5:
            self._side_call(turn, turn.model, "sequential")
        if release >= (0, 8, 5) and turn.conversation.turns >= 5 and chance < 0.3:
            self._side_call(turn, turn.model, "summarization")
            turn.conversation.context_tokens //= 4
        if release >= (0, 8, 2) and "gemini_image_gen" in plan.tools and chance < 0.1:
            model, context = MODELS["gemini-3-pro-image-preview"], "image_generation"
            tokens = (turn.message_tokens, 1_120)
            turn.rows += pair_of_rows(turn.head, model.name, context, model.rates, tokens)
            if release >= (0, 8, 7) and chance < 0.07:
                turn.rows.append(row(turn.head, "image_count", model.name, context, 1, 40_000))

    def _side_call(self, turn: Turn, model: Model, context: str) -> None:
        bits = self._chance.getrandbits
        tokens = (900 + MESSAGE_TOKENS[bits(10)] * 3, REPLY_TOKENS[bits(10)])
        turn.rows += pair_of_rows(turn.head, model.name, context, model.rates, tokens)
