"""Takes the comments out of the scripts and styles that browsers get.

Comments and type declarations are a quarter of what a browser would load. They are for readers of the source,
so only whole lines are taken out: nothing here has to understand scripts or styles.
"""

from __future__ import annotations


def without_comments(text: str) -> str:
    """Return a script or a style without its empty lines and those that hold nothing but a comment."""
    kept: list[str] = []
    is_inside = False
    for line in text.splitlines():
        words = line.strip()
        if is_inside or not words or words.startswith("//"):
            is_inside = is_inside and not words.endswith("*/")
        elif words.startswith("/*") and (words.endswith("*/") or "*/" not in words):
            is_inside = not words.endswith("*/")
        else:
            kept.append(line)
    return "\n".join(kept) + "\n"
