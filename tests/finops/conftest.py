"""The small ledger of the tests of single questions, for budgets and what else is made of them."""

from __future__ import annotations

from tests.usage.conftest import repository

__all__ = ["repository"]
