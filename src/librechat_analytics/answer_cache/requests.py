"""A request to the repository as a value: it can be kept, compared and repeated."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, TypeVar

from librechat_analytics.usage.periods import Period, period_at

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from librechat_analytics.usage.repository import StoreRepository

T = TypeVar("T", covariant=True)


@dataclass(frozen=True, slots=True)
class Request(Generic[T]):
    """A method of the repository, or a function that asks it, and its arguments in order."""

    method: Callable[..., T]
    arguments: tuple[object, ...]

    @property
    def key(self) -> str:
        """A text that equal requests share and others do not."""
        return repr((self.method.__module__, self.method.__qualname__, self.arguments))

    def answer(self, repository: StoreRepository) -> T:
        """Compute the answer."""
        return self.method(repository, *self.arguments)

    def at(self, now: datetime) -> Request[T]:
        """Return the same request with its periods as of another present."""
        arguments = tuple(
            period_at(argument, now) if isinstance(argument, Period) else argument
            for argument in self.arguments
        )
        return replace(self, arguments=arguments)
