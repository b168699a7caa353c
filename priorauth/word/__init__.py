"""A letter's HTML as a Word document that a physician can edit: the same words in the same order.

Not for what a letter says. It takes the HTML, not the content, so that a payer's own template
counts here too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from priorauth.problems import PriorAuthError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

__all__ = ["NotInstalledError", "docx", "figures"]

_FIGURE = re.compile(r"(?s)<svg\b.*?</svg>|<img\b[^>]*>")
# A page as wide as the text of a letter, that holds one figure.
_PAGE = """<!DOCTYPE html><html lang="en"><head><title>Figure</title><style>
@page {{ size: 180mm 250mm; margin: 0 }}
@page {{ @top-left {{ content: none }} @top-right {{ content: none }} }}
svg {{ display: block; width: 100%; height: auto }}
img {{ display: block; max-width: 100% }}
</style></head><body>{}</body></html>"""


class NotInstalledError(PriorAuthError):
    """What writes Word documents is not installed."""

    def __init__(self) -> None:
        """Say how to install it."""
        super().__init__(
            "Word documents need one more package, python-docx: in the folder of the checkout run "
            '.venv/bin/pip install ".[word]"; else install priorauth again with its extra `word`.'
        )


def figures(html: str) -> list[str]:
    """Return the figures of a letter in their order, each as HTML of a page that it begins."""
    return [_PAGE.format(svg) for svg in _FIGURE.findall(html)]


def docx(html: str, pictures: Sequence[bytes], day: date) -> bytes:
    """Return a letter's HTML as a Word document of that day, with its figures as PNG pictures.

    The same bytes for the same letter, pictures and day. Raises NotInstalledError.
    """
    try:
        from priorauth.word.writing import written  # noqa: PLC0415 - most never need it
    except ModuleNotFoundError as error:
        if error.name in ("docx", "lxml"):
            raise NotInstalledError from None
        raise
    return written(html, pictures, day)
