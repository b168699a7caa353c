"""What libraries written in C print on the standard error stream: heard here, not by the user.

Some of them say only there that a file is damaged.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_ERRORS = 2  # the number of the standard error stream


@dataclass
class Murmur:
    """What was printed, once that is over."""

    text: str = ""


@contextmanager
def heard() -> Iterator[Murmur]:
    """Catch what is printed on the standard error stream below Python, for a while.

    Not for several threads at once: they share the stream.
    """
    found = Murmur()
    try:
        sys.stderr.flush()
        before = os.dup(_ERRORS)
    except (AttributeError, OSError):  # a program without such a stream
        yield found
        return
    with TemporaryFile() as file:
        os.dup2(file.fileno(), _ERRORS)
        try:
            yield found
        finally:
            os.dup2(before, _ERRORS)
            os.close(before)
            file.seek(0)
            found.text = file.read(100_000).decode("utf-8", "replace")
