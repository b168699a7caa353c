"""Grey to black or white, so that text stays crisp and nothing that can be seen is lost.

A threshold alone drops light print, print on dark fills and photographs. Dots of mixed density
(dithering) alone make grey paper a swarm of dots, fray the letters, and take minutes to send. So
paper is made white first, what differs from its neighborhood is made to differ more, and only what
is grey even then is shown by dots.
"""

from __future__ import annotations

from PIL import Image, ImageChops
from PIL.ImageFilter import BoxBlur, MaxFilter

from priorauth.fax.resolution import ACROSS, DOTS, INCHES

# Greys are 0 (black) to 255 (white). The figures were chosen by eye and by reading back letters,
# scans on grey paper, colored print and photographs at both resolutions.
_DARKEST_PAPER = 180  # what is darker over more than an inch is a picture, not paper
_BLACK, _WHITE = 100, 200
_CONTRAST = 2.0  # how much more a dot differs from its neighborhood than it did
_NEIGHBORHOOD = 12 / ACROSS  # in inches to each side: about the height of a letter
_CELL = 16 / ACROSS  # in inches; the brightest of some cells is their paper
_CELLS = 9
_SOFT = 6


def one_bit(grey: Image.Image) -> Image.Image:
    """Return a grey sheet in black and white only, of mode `1`."""
    lit = _paper_made_white(grey)
    around = lit.filter(BoxBlur(_dots(grey, _NEIGHBORHOOD)))
    clear = Image.blend(around, lit, 1 + _CONTRAST)
    return clear.point(_STEEP).convert("1")


def _paper_made_white(grey: Image.Image) -> Image.Image:
    """Return the sheet lighter by what its paper lacks to white, near each dot."""
    cells = grey.reduce(_dots(grey, _CELL))
    paper = cells.filter(MaxFilter(_CELLS)).filter(BoxBlur(_SOFT))
    lacking = ImageChops.invert(paper.point([max(level, _DARKEST_PAPER) for level in range(256)]))
    return ImageChops.add(grey, lacking.resize(grey.size, Image.Resampling.BILINEAR))


def _dots(grey: Image.Image, inches: float) -> tuple[int, int]:
    """Return a length in dots across and down: a fax has other dots across than down."""
    return round(inches * DOTS / INCHES[0]), round(inches * grey.height / INCHES[1])


def _steep(level: int) -> int:
    return min(max((level - _BLACK) * 255 // (_WHITE - _BLACK), 0), 255)


_STEEP = [_steep(level) for level in range(256)]
