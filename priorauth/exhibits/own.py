"""Whether a PDF is a letter or a packet of priorauth: what it says itself is no evidence for it.

Not for forms: a filled one is the payer's own file.
"""

from __future__ import annotations

import re
from mmap import ACCESS_READ, mmap
from typing import TYPE_CHECKING

from priorauth.exhibits.files import opened

if TYPE_CHECKING:
    from pathlib import Path

MARK = b"priorauth"  # with which the identifier of each PDF begins that `pdf` writes
# It stands in the open in every PDF that is not encrypted: as text, or in hexadecimal.
_MARKED = re.compile(rb"/ID\s*\[\s*(?:\(%b\)|<%b>)" % (MARK, MARK.hex().encode()), re.IGNORECASE)


def is_own(path: Path) -> bool:
    """Return whether priorauth has made a file; raise RefusedError when it cannot be opened."""
    with opened(path) as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        return _MARKED.search(content) is not None
