"""How a field of the contract carries its meaning."""

from __future__ import annotations

from dataclasses import field
from typing import Any

DOC = "is"
WORDS = "words"


def is_(meaning: str, words: tuple[str, ...] = ()) -> Any:  # noqa: ANN401 - a field of any type
    """Return a field that carries its meaning, from which the template guide is made.

    `words` are all that its text can be, apart from empty.
    """
    return field(metadata={DOC: meaning, WORDS: words}, repr=False)
