"""Reads an amount of money as people type it, in English or in European notation."""

from __future__ import annotations

import re

GROUPED = re.compile(r"[1-9][0-9]{0,2}([.,'\s])[0-9]{3}(?:\1[0-9]{3})*(?:(?!\1)[.,]([0-9]{1,6}))?", re.ASCII)
"""``1,234.56``, ``1.234,56``, ``1 234,56``, ``1'234.56``; three digits after a single sign are thousands."""

PLAIN = re.compile(r"[0-9]{1,12}(?:[.,]([0-9]{1,6}))?", re.ASCII)
"""``1234.56``, ``1234,56``."""

LONGEST_DIGITS = 12


def parse_amount(text: str) -> float | None:
    """Return US dollars; None where the text is no amount or has more than twelve digits before the cents."""
    amount = text.strip().removeprefix("$").strip().replace("\N{NO-BREAK SPACE}", " ")
    if (found := GROUPED.fullmatch(amount) or PLAIN.fullmatch(amount)) is None:
        return None
    fraction = found[found.re.groups]
    whole = amount[: -len(fraction) - 1] if fraction else amount
    digits = "".join(filter(str.isdigit, whole))
    return float(f"{digits}.{fraction or 0}") if len(digits) <= LONGEST_DIGITS else None
