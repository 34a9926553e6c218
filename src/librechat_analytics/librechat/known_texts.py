"""Texts of which a collection has few different ones, such as models: each is read and understood once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from librechat_analytics.columns import Texts
from librechat_analytics.librechat.bson_fields import MISSING, NULL, TEXT

if TYPE_CHECKING:
    from librechat_analytics.columns import Array
    from librechat_analytics.librechat.bson_fields import Fields
    from librechat_analytics.librechat.pieces import Piece

LONGEST_KNOWN = 64
"""Bytes; a longer text is left to the decoder."""

MOST_KNOWN = 10_000
WORDS = LONGEST_KNOWN // 8

UNREADABLE = -1
NO_TEXT = 0

BYTES_OF_WORDS = np.clip(np.arange(LONGEST_KNOWN + 1) - 8 * np.arange(WORDS)[:, None], 0, 8)
MASKS = np.array([256**count - 1 for count in range(9)], dtype=np.uint64)[BYTES_OF_WORDS]
"""For each word, and for a text of so many bytes: which bits of the word belong to the text."""

MULTIPLIERS = np.array([pow(0x9E3779B97F4A7C15, n, 2**64) for n in range(1, WORDS + 2)], dtype=np.uint64)


Meaning = Callable[[str | None], str | None]
Truth = Callable[[str | None], bool]


class Meanings(NamedTuple):
    """What each known text means, as a text too: its bytes, how many of them count, and if it is NULL."""

    grid: Array
    sizes: Array
    is_null: Array

    @classmethod
    def of(cls, meanings: list[str | None]) -> Meanings:
        """Lay out what the known texts mean."""
        encoded = [(each or "").encode() for each in meanings]
        width = max(1, *map(len, encoded))
        grid = np.array(encoded, dtype=f"S{width}").view(np.uint8).reshape(len(encoded), width)
        sizes = np.array([len(each) for each in encoded])
        return cls(grid, sizes, np.array([each is None for each in meanings]))

    @classmethod
    def together(cls, several: list[Meanings]) -> Meanings:
        """Put several one after the other."""
        width = max(each.grid.shape[1] for each in several)
        grids = [np.pad(each.grid, ((0, 0), (0, width - each.grid.shape[1]))) for each in several]
        sizes, are_null = zip(*((each.sizes, each.is_null) for each in several), strict=True)
        return cls(np.concatenate(grids), np.concatenate(sizes), np.concatenate(are_null))


class KnownTexts:
    """Numbers the different texts of a field. Number NO_TEXT means that there is none, or an empty one.

    Texts are looked up by a hash of their bytes and then compared, so two texts never share a number.
    """

    def __init__(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self.texts: list[str | None] = [None]
        self._words = np.zeros((WORDS + 1, 1), dtype=np.uint64)
        self._hashes = np.zeros(1, dtype=np.uint64)
        self._numbers = np.array([NO_TEXT])
        self._meanings: dict[Meaning, Meanings] = {}
        self._truths: dict[Truth, Array] = {}

    def forget_if_many(self) -> None:
        """Forget all texts if they are too many to keep; older numbers are then invalid."""
        if len(self.texts) > MOST_KNOWN:
            self._forget()

    def numbers(self, piece: Piece, fields: Fields, name: str) -> Array:
        """Return the number of a field's text in each document; UNREADABLE if it is left to the decoder."""
        types, places = fields.types[name], fields.places[name]
        sizes = piece.integers[places] - 1
        is_readable = (types == TEXT) & (sizes <= LONGEST_KNOWN)
        if is_readable.all():
            return self._look_up(_words(piece, places + 4, sizes))
        found = np.where((types == MISSING) | (types == NULL), NO_TEXT, UNREADABLE)
        if is_readable.any():
            found[is_readable] = self._look_up(_words(piece, places[is_readable] + 4, sizes[is_readable]))
        return found

    def _look_up(self, words: Array) -> Array:
        hashes = np.zeros(words.shape[1], dtype=np.uint64)
        for word, multiplier in zip(words, MULTIPLIERS, strict=False):
            hashes += word * multiplier
        at = self._places_of(hashes)
        is_new = self._hashes[at] != hashes
        if is_new.any():
            self._learn(words[:, is_new], hashes[is_new])
            at = self._places_of(hashes)
        found = self._numbers[at]
        for known, word in zip(self._words, words, strict=False):
            found[known[at] != word] = UNREADABLE
        return found

    def _places_of(self, hashes: Array) -> Array:
        return np.minimum(np.searchsorted(self._hashes, hashes), len(self._hashes) - 1)

    def _learn(self, words: Array, hashes: Array) -> None:
        """Number the texts with these hashes, none of which is known."""
        new, first = np.unique(hashes, return_index=True)
        new_words = np.zeros((WORDS + 1, len(new)), dtype=np.uint64)
        new_words[: len(words)] = words[:, first]
        hashes = np.concatenate([self._hashes, new])
        order = np.argsort(hashes)
        self._hashes = hashes[order]
        self._words = np.concatenate([self._words, new_words], axis=1)[:, order]
        self._numbers = np.concatenate([self._numbers, [self._number(each) for each in new_words.T]])[order]

    def _number(self, words: Array) -> int:
        try:
            text = words[1:].tobytes()[: int(words[0])].decode()
        except UnicodeDecodeError:
            return UNREADABLE
        self.texts.append(text)
        return len(self.texts) - 1

    def column(self, numbers: Array, meaning: Meaning) -> Texts:
        """Return what each text means, as a column; ``meaning`` is a function of the text alone."""
        return self.column_of_first((numbers, meaning))

    def column_of_first(self, *choices: tuple[Array, Meaning]) -> Texts:
        """Return what the first text of each row means, by the function that belongs to it.

        Each choice is the numbers of a field's texts, and what they mean there. A row without any text
        takes the meaning of None in the last field.
        """
        known = [self._meanings_of(meaning) for _, meaning in choices]
        begins = np.cumsum([0, *(len(meanings.sizes) for meanings in known[:-1])])
        picked = choices[-1][0] + begins[-1]
        for (numbers, _), begin in reversed(list(zip(choices, begins, strict=True))[:-1]):
            picked = np.where(numbers == NO_TEXT, picked, numbers + begin)
        together = known[0] if len(known) == 1 else Meanings.together(known)
        sizes = together.sizes[picked]
        grid = together.grid[picked, : max(1, int(sizes.max(initial=0)))]
        return Texts.from_grid(grid, sizes, together.is_null[picked])

    def _meanings_of(self, meaning: Meaning) -> Meanings:
        known = self._meanings.get(meaning)
        if known is None or len(known.sizes) < len(self.texts):
            known = self._meanings[meaning] = Meanings.of([meaning(text) for text in self.texts])
        return known

    def truths(self, numbers: Array, meaning: Truth) -> Array:
        """Return whether something is true of each text; ``meaning`` is a function of the text alone."""
        known = self._truths.get(meaning)
        if known is None or len(known) < len(self.texts):
            known = self._truths[meaning] = np.array([meaning(text) for text in self.texts])
        return known[numbers]


def _words(piece: Piece, places: Array, sizes: Array) -> Array:
    """Return the size of each text, and then its words of eight bytes; what is beyond its end is zero."""
    width = -(-int(sizes.max()) // 8)
    words = np.empty((width + 1, len(places)), dtype=np.uint64)
    words[0] = sizes
    for number in range(width):
        words[number + 1] = piece.words[places + 8 * number]
        words[number + 1] &= MASKS[number][sizes]
    return words
