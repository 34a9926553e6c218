"""The parts of a report before it is written as HTML or as text, so that both say the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tone = Literal["calm", "warned", "over"]
"""How serious the state of a bar is; its words say so, too."""


@dataclass(frozen=True, slots=True)
class Line:
    """An entry of a list: what it is, its figure, and a few words about it.

    ``address``: the query string of the page that explains it, empty where there is none.
    """

    label: str
    figure: str
    note: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A share of something that is available; ``share`` may be above 1."""

    label: str
    share: float
    figure: str
    note: str
    tone: Tone = "calm"
    address: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A part with a title: a list, bars, or sentences below each other."""

    title: str
    lines: tuple[Line, ...] = ()
    bars: tuple[Bar, ...] = ()
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A report in words.

    ``subject``: of the mail. ``about``: which usage it is about, empty for all of it. ``figure`` and
    ``notes``: the cost and what it is compared with. ``closing``: how old the figures are, and more.
    ``address``: the query string of the page with the same figures.
    """

    name: str
    subject: str
    title: str
    about: str
    figure: str
    notes: tuple[str, ...]
    sections: tuple[Section, ...]
    closing: tuple[str, ...]
    address: str
