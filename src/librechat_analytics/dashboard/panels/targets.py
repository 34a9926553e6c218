"""The targets of panels, and the values that fill them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal["markup", "figure", "children", "title", "style", "hidden"]
"""What a panel fills of an element: its children as markup, or a property of a Dash component."""


class Target(NamedTuple):
    """An element of the page that a panel fills, by its id, and what of it the panel fills."""

    id: str
    kind: Kind = "markup"

    @property
    def is_stored(self) -> bool:
        """Say whether the value goes through the view's store instead of an output of Dash."""
        return self.kind in ("markup", "figure")

    def __str__(self) -> str:
        return self.id if self.kind == "markup" else f"{self.id}.{self.kind}"


class MismatchError(Exception):
    """The targets that a panel fills are not the targets that its parts have."""


class Fills:
    """A value for each of some targets; ``+`` puts two of them together.

    ``+`` raises MismatchError if both fill the same target.
    """

    def __init__(self, values: dict[Target, object]) -> None:
        self._values = values

    def __add__(self, other: Fills) -> Fills:
        for target in other:
            if target in self._values:
                raise MismatchError(f"fills {target} twice")
        return Fills({**self._values, **other._values})

    def __getitem__(self, target: Target) -> object:
        return self._values[target]

    def __iter__(self) -> Iterator[Target]:
        return iter(self._values)

    def __contains__(self, target: object) -> bool:
        return target in self._values
