"""The imaginary company: its people, its agents, and fourteen months of their conversations."""

from __future__ import annotations

import math
from datetime import timedelta
from heapq import heappop, heappush, heapreplace
from itertools import accumulate
from typing import TYPE_CHECKING

from librechat_analytics.librechat.sample.agents import agent_document, choose_agent, make_agents
from librechat_analytics.librechat.sample.chance import ID_LAGS_MS, PAUSES_MS, Chance
from librechat_analytics.librechat.sample.conversations import conversation_document, start_conversation
from librechat_analytics.librechat.sample.days import day_weights, plan_day, time_of_day, usage_until
from librechat_analytics.librechat.sample.dump_files import ObjectIds, Outbox
from librechat_analytics.librechat.sample.eras import COMPANY_TIMEZONE, DAY_MS, SPAN_DAYS, moment
from librechat_analytics.librechat.sample.messages import add_messages
from librechat_analytics.librechat.sample.models import MODELS
from librechat_analytics.librechat.sample.people import People
from librechat_analytics.librechat.sample.rows import credits_row, pair_of_rows
from librechat_analytics.librechat.sample.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from librechat_analytics.librechat.documents import Document
    from librechat_analytics.librechat.sample.conversations import Conversation
    from librechat_analytics.librechat.sample.days import Day
    from librechat_analytics.librechat.sample.dump_files import CollectionFile
    from librechat_analytics.librechat.sample.people import User
    from librechat_analytics.librechat.sample.turns import Turn

_MOST_ROWS_OF_A_TURN = 40
_LONGEST_TURN_MS = 120_000
_ROWS_OF_A_CONVERSATION = 13
_OLD_ROWS_FROM = 1_000
"""A sample of at least this many transactions begins with a few rows of old releases."""


class Company:
    """Writes the database of the company, day by day, until it has the wanted number of transactions."""

    def __init__(
        self, collections: Mapping[str, CollectionFile], *, transactions: int, seed: int, until: datetime
    ) -> None:
        self._chance = Chance(f"{seed} {transactions}")
        self._collections = collections
        self._wanted = transactions
        self._missing = transactions
        self._until_ms = math.floor(until.timestamp() * 1000)
        self._closing_ms = self._until_ms - _LONGEST_TURN_MS
        self._ids = ObjectIds(self._chance)
        group_chance = Chance(f"{seed} {transactions} groups")
        self._people = People(collections, self._chance, group_chance, self._ids, until_ms=self._until_ms)
        self._rows = Outbox(collections["transactions"], ObjectIds(self._chance))
        self._messages = Outbox(collections["messages"], ObjectIds(self._chance))
        self._due: list[tuple[int, int, Conversation]] = []
        self._turns_held = 0
        self._turns = Turns(self._chance)
        self._day: Day
        last_day = moment(self._closing_ms).astimezone(COMPANY_TIMEZONE).date()
        self._dates = [last_day - timedelta(days=SPAN_DAYS - number) for number in range(SPAN_DAYS + 1)]
        self._users = self._people.hire(max(8, min(5000, transactions // 400)))
        self._agents = make_agents(self._chance, self._ids, self._users, until_ms=self._until_ms)

    def write(self, progress: Callable[[int], None]) -> None:
        """Write every collection; call ``progress`` with the number of transactions written so far."""
        for agent in self._agents:
            if agent.plan.deleted is None:
                self._collections["agents"].write(agent_document(agent, until_ms=self._until_ms))
        self._people.write_groups()
        if self._wanted >= _OLD_ROWS_FROM:
            self._write_old_rows()
        weights = list(accumulate(day_weights(self._chance, self._dates, self._closing_ms)))
        planned = self._missing
        for number, (date, weight) in enumerate(zip(self._dates, weights, strict=True)):
            self._day = plan_day(number, date, self._users)
            self._fill_day(self._wanted - planned + round(planned * weight / weights[-1]))
            self._rows.write_before(self._day.end_ms)
            self._messages.write_before(self._day.end_ms)
            progress(self._collections["transactions"].written)
        self._rows.write_before(math.inf)
        self._messages.write_before(math.inf)
        for _, _, conversation in self._due:
            self._write_conversation(conversation)
        progress(self._collections["transactions"].written)

    def _write_old_rows(self) -> None:
        """Write a few rows of v0.6.0, which set no createdAt, and of v0.7.0 with a price of -1 per token."""
        start_ms = self._until_ms - 1130 * DAY_MS
        for index, (name, context) in enumerate(
            (("gpt-4", "message"), ("gpt-3.5-turbo", "plugins"), ("gpt-4", "message"))
        ):
            for row in self._old_pair(index % 2, name, context, (640 + 90 * index, 250)):
                row["_id"] = self._ids.at(start_ms + index * 3 * DAY_MS)
                row["__v"] = 0
                self._collections["transactions"].write(row)
        sentinel_ms = self._until_ms - 994 * DAY_MS
        for row in self._old_pair(0, "openrouter/auto", "message", (14, 3)):
            self._rows.add(row, sentinel_ms, sentinel_ms)
        self._missing = self._wanted - 8

    def _old_pair(self, user: int, name: str, context: str, tokens: tuple[int, int]) -> list[Document]:
        head = {
            "_id": None,
            "user": self._users[user].object_id,
            "conversationId": self._chance.uuid(),
        }
        return pair_of_rows(head, name, context, MODELS[name].rates, tokens)

    def _fill_day(self, wanted_by_evening: int) -> None:
        """Hold conversations through the day until that many transactions exist in all.

        New conversations begin in the order of the clock, spread over the rest of the day's usage.
        """
        day = self._day
        length_ms = day.end_ms - day.start_ms
        share = usage_until((self._closing_ms - day.start_ms) / length_ms)
        self._postpone_overdue(day, share)
        passed = 0.0
        while (missing := wanted_by_evening - (self._wanted - self._missing)) > 0:
            expected = max(1.0, missing / _ROWS_OF_A_CONVERSATION)
            passed += (1 - passed) * (1 - self._chance.random() ** (1 / expected))
            at = time_of_day(passed * share)
            now_ms = day.start_ms + int(at * length_ms)
            self._continue_due(now_ms, self._wanted - wanted_by_evening)
            if self._wanted - self._missing < wanted_by_evening:
                conversation = start_conversation(
                    self._chance,
                    day,
                    self._agents,
                    self._pick_user(at),
                    now_ms=now_ms,
                    until_ms=self._until_ms,
                )
                self._hold_turn(conversation, now_ms)

    def _postpone_overdue(self, day: Day, share: float) -> None:
        """Move the conversations that were due on earlier days to some time of this day."""
        while self._due and self._due[0][0] < day.start_ms:
            _, order, conversation = self._due[0]
            at = time_of_day(self._chance.random() * share)
            now_ms = day.start_ms + int(at * (day.end_ms - day.start_ms))
            heapreplace(self._due, (now_ms, order, conversation))

    def _continue_due(self, now_ms: int, least_missing: int) -> None:
        """Continue the conversations that are due while more than ``least_missing`` rows are missing."""
        while self._due and self._due[0][0] <= now_ms and self._missing > least_missing:
            due_ms, _, conversation = heappop(self._due)
            if self._can_continue(conversation):
                self._hold_turn(conversation, due_ms)
            else:
                self._write_conversation(conversation)

    def _can_continue(self, conversation: Conversation) -> bool:
        """Say whether the user and the agent are still there; at times the user changes the agent."""
        days_left = self._day.days_left
        if conversation.user.left <= self._day.number:
            return False
        if conversation.agent and self._chance.random() < 0.06:
            conversation.agent = choose_agent(self._chance, self._agents, conversation.user, days_left)
        return conversation.agent is None or conversation.agent.is_usable(days_left)

    def _pick_user(self, at: float) -> User:
        """Pick who begins a conversation at a part of the day; at night most often a night owl."""
        day = self._day
        users, weights = day.users, day.user_weights
        if not 0.28 < at < 0.87 and self._chance.random() < 0.75:
            users, weights = day.owls, day.owl_weights
        return users[self._chance.pick(weights)]

    def _hold_turn(self, conversation: Conversation, now_ms: int) -> None:
        """Hold one turn; near the end of the sample only a turn that is sure to fit."""
        user = conversation.user
        if self._missing == 1:
            self._add_credits(user, "admin", now_ms)
            self._write_conversation(conversation)
            return
        has_room = self._missing > _MOST_ROWS_OF_A_TURN
        if has_room and now_ms >= user.refill_due_ms:
            user.refill_due_ms = now_ms + 30 * DAY_MS
            self._add_credits(user, "autoRefill", now_ms)
        if has_room and self._chance.random() < 0.001:
            self._add_credits(user, "admin", now_ms)
        turn = self._turns.begin(conversation, self._day, now_ms)
        if not has_room:
            turn.add_pair(turn.model.name, "message", turn.model.rates)
        elif self._chance.random() < 0.025:
            self._turns.stop(turn)
        else:
            self._turns.reply(turn)
        self._finish_turn(turn)

    def _add_credits(self, user: User, context: str, now_ms: int) -> None:
        self._rows.add(credits_row(user.object_id, context), now_ms, now_ms)
        self._missing -= 1

    def _finish_turn(self, turn: Turn) -> None:
        """Queue the turn's transactions and messages, and let its conversation continue or end."""
        conversation = turn.conversation
        replied_ms = turn.sent_ms + 1_200 + min(40_000, turn.reply_tokens * 14)
        lag_ms = ID_LAGS_MS[self._chance.getrandbits(8)]
        # From v0.8.3 one insertMany writes the rows of a turn; before that each pair was saved on its own.
        step_ms = 0 if self._day.has_message_ids else 7
        for index, row in enumerate(turn.rows):
            created_ms = replied_ms + index // 2 * step_ms
            self._rows.add(row, created_ms, created_ms - lag_ms)
        for row in turn.late_rows:
            self._rows.add(row, replied_ms + 2_600, replied_ms + 2_600 - lag_ms)
        self._missing -= len(turn.rows) + len(turn.late_rows)
        if conversation.saved:
            add_messages(self._messages, self._chance, turn, replied_ms + 350)
        conversation.last_message_id = turn.reply_id
        conversation.updated_ms = replied_ms + 350
        conversation.turns += 1
        conversation.context_tokens = min(
            60_000, conversation.context_tokens + turn.message_tokens + turn.reply_tokens
        )
        if conversation.turns >= conversation.planned_turns:
            self._write_conversation(conversation)
            return
        pause_ms = int(PAUSES_MS[self._chance.getrandbits(8)] * (0.8 + 0.4 * self._chance.random()))
        self._turns_held += 1
        heappush(self._due, (conversation.updated_ms + pause_ms, self._turns_held, conversation))

    def _write_conversation(self, conversation: Conversation) -> None:
        if conversation.saved:
            object_id = self._ids.at(conversation.created_ms)
            self._collections["conversations"].write(
                conversation_document(conversation, object_id, until_ms=self._until_ms)
            )
