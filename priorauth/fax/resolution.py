"""The resolutions of a fax and the sheet that it sends.

Source: ITU-T T.4, and RFC 2301 (TIFF for fax): 1,728 dots across a sheet.
"""

from __future__ import annotations

from dataclasses import dataclass

ACROSS = 204  # dots an inch, from left to right
DOTS = 1728  # a line of the fax: the width of the sheet
INCHES = (8.5, 11.0)  # US Letter


@dataclass(frozen=True)
class Resolution:
    """How finely a fax draws: the lines an inch, from top to bottom."""

    name: str
    down: int

    @property
    def lines(self) -> int:
        """Return how many lines a sheet has."""
        return round(INCHES[1] * self.down)


STANDARD = Resolution("standard", 98)
FINE = Resolution("fine", 196)
