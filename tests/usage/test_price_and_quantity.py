"""A difference taken apart adds up, and each part is what its name says."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from librechat_analytics.usage.price_and_quantity import Amount, Causes, Effects, ModelUse, causes, effects
from tests.support.examples import examples

AMOUNTS = st.builds(Amount, st.integers(-(10**30), 10**30), st.integers(-(10**6), 10**20))
USES = st.builds(ModelUse, st.integers(0, 10**9), AMOUNTS, AMOUNTS)


def use(calls: int, prompt_tokens: int, price: int) -> ModelUse:
    return ModelUse(calls, Amount(prompt_tokens * price, prompt_tokens), Amount(0, 0))


@settings(max_examples=examples(50))
@given(st.lists(st.tuples(AMOUNTS, AMOUNTS), max_size=5))
def test_price_and_quantity_add_up_to_the_difference(changes: list[tuple[Amount, Amount]]) -> None:
    split = effects(changes)
    assert split.price_e6 + split.quantity_e6 == sum(now.cost_e6 - before.cost_e6 for before, now in changes)


@settings(max_examples=examples(50))
@given(st.lists(st.tuples(USES, USES), max_size=5))
def test_the_four_causes_add_up_to_the_difference(changes: list[tuple[ModelUse, ModelUse]]) -> None:
    why = causes(changes)
    total = why.more_calls_e6 + why.longer_calls_e6 + why.dearer_models_e6 + why.changed_prices_e6
    assert total == sum(now.cost_e6 - before.cost_e6 for before, now in changes)


def test_a_new_price_is_price_and_more_tokens_are_quantity() -> None:
    assert effects([(Amount(300, 100), Amount(1000, 200))]) == Effects(price_e6=400, quantity_e6=300)
    assert effects([(Amount(300, 100), Amount(600, 200))]) == Effects(price_e6=0, quantity_e6=300)
    assert effects([(Amount(300, 100), Amount(400, 100))]) == Effects(price_e6=100, quantity_e6=0)


def test_what_is_new_or_gone_is_quantity() -> None:
    assert effects([(Amount(), Amount(500, 7))]) == Effects(0, 500)
    assert effects([(Amount(500, 7), Amount())]) == Effects(0, -500)


def test_each_cause_alone_is_found_alone() -> None:
    cheap, dear = use(10, 1000, 1), use(10, 1000, 3)
    nothing = ModelUse()
    assert causes([(cheap, use(20, 2000, 1))]) == Causes(1000, 0, 0, 0)
    assert causes([(cheap, use(10, 1500, 1))]) == Causes(0, 500, 0, 0)
    assert causes([(cheap, use(10, 1000, 2))]) == Causes(0, 0, 0, 1000)
    assert causes([(cheap, nothing), (nothing, dear)]) == Causes(0, 0, 2000, 0)


def test_a_range_before_without_calls_makes_everything_more_calls() -> None:
    assert causes([(ModelUse(), use(10, 1000, 3))]) == Causes(3000, 0, 0, 0)
    assert causes([]) == Causes(0, 0, 0, 0)


def test_no_calls_any_more_are_fewer_calls() -> None:
    assert causes([(use(10, 1000, 3), ModelUse())]) == Causes(-3000, 0, 0, 0)
