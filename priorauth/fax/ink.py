"""Grey to black or white, so that text stays crisp and nothing that can be seen is lost.

A threshold alone drops light print, print on dark fills and photographs. Dots of mixed density
(dithering) alone make grey paper a swarm of dots, fray the letters, and take minutes to send. So
paper is made white first, what differs from its neighborhood is made to differ more, and only what
is grey even then is shown by dots.
"""

from __future__ import annotations

from PIL import Image, ImageChops
from PIL.ImageFilter import BoxBlur, MaxFilter

from priorauth.fax.resolution import ACROSS, Resolution

# Greys are 0 (black) to 255 (white). The figures were chosen by eye and by reading back letters,
# scans on grey paper, colored print and photographs at both resolutions.
_DARKEST_PAPER = 180  # what is darker over more than an inch is a picture or a fill
_BLACK, _WHITE = 80, 200
_CONTRAST = 2.0  # how much more a dot differs from its neighborhood than it did
_STROKE = 4 / ACROSS  # in inches: white print on a fill shows that the fill is not the paper
_STROKES_AROUND = 3  # to each side: the neighborhood is about as high as a letter
_STROKES = 4  # in a cell
_CELLS = 9  # the brightest of so many by so many is their paper
_SOFT = 6


def one_bit(grey: Image.Image, resolution: Resolution) -> Image.Image:
    """Return a grey sheet of this resolution in black and white only, of mode `1`."""
    stroke = round(_STROKE * ACROSS), round(_STROKE * resolution.down)
    lit = _paper_made_white(grey, stroke)
    coarse = lit.reduce(stroke).filter(BoxBlur(_STROKES_AROUND))
    around = coarse.resize(grey.size, Image.Resampling.BILINEAR)
    clear = Image.blend(around, lit, 1 + _CONTRAST)
    return clear.point(_STEEP).convert("1")


def _paper_made_white(grey: Image.Image, stroke: tuple[int, int]) -> Image.Image:
    """Return the sheet lighter by what its paper lacks to white, near each dot."""
    strokes = _brightest(grey.reduce(stroke))
    cells = strokes.reduce(_STROKES)
    paper = cells.filter(MaxFilter(_CELLS)).filter(BoxBlur(_SOFT))
    lacking = ImageChops.invert(paper.point([max(level, _DARKEST_PAPER) for level in range(256)]))
    return ImageChops.add(grey, lacking.resize(grey.size, Image.Resampling.BILINEAR))


def _brightest(strokes: Image.Image) -> Image.Image:
    """Return for each place the brightest of the four by four before it."""
    for across, down in ((1, 0), (2, 0), (0, 1), (0, 2)):
        strokes = ImageChops.lighter(strokes, ImageChops.offset(strokes, across, down))
    return strokes


def _steep(level: int) -> int:
    return min(max((level - _BLACK) * 255 // (_WHITE - _BLACK), 0), 255)


_STEEP = [_steep(level) for level in range(256)]
