"""The colours of the charts.

Colours of axes, grid and text come from CSS, so that the browser can change the theme without a new figure.
All data colours have a contrast of 3 to 1 on both backgrounds. Readers with any kind of colour vision can
tell the first two apart; with more parts, their order in the legend is a second way to tell them apart.
"""

from __future__ import annotations

BLUE = "#3b82c4"
ORANGE = "#d9730d"
PARTS = (BLUE, ORANGE, "#1f9d83", "#8f67d0", "#d4568c", "#8b8a1d", "#1695b0", "#c2503c")
"""The colours of a split's parts, highest cost first; the stylesheet has the same as ``--part-1`` and on."""
REST = "#868c95"
GHOST = "#8a9099"
BLUE_VEIL = "rgba(59,130,196,0.14)"
GREY_VEIL = "rgba(138,144,153,0.22)"
CLEAR = "rgba(0,0,0,0)"
