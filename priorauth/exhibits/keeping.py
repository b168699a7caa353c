"""Documents kept on disk, so that the memory of a packet does not grow with its exhibits.

Not for the packet itself, and for nothing that outlives the program: a file goes with its document.
"""

from __future__ import annotations

import tempfile
import weakref
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

from pikepdf import AccessMode, Pdf

from priorauth.problems import PriorAuthError

if TYPE_CHECKING:
    from typing import BinaryIO


class NoRoomError(PriorAuthError):
    """A document cannot be kept on disk while the packet is made."""

    def __init__(self, reason: str) -> None:
        """Say where room is needed."""
        super().__init__(
            f"The pages of the packet cannot be kept in {tempfile.gettempdir()} while it is made "
            f"({reason}). Make room there, or let TMPDIR name another folder."
        )


@dataclass(frozen=True)
class Kept:
    """A document opened from a file of its own, which is removed when nobody holds this."""

    pdf: Pdf = field(repr=False)
    path: Path = field(repr=False)


def keep(document: Pdf | bytes) -> Kept:
    """Return a document put on disk, where its owner alone can read it; raises NoRoomError."""
    try:
        file = tempfile.NamedTemporaryFile(prefix="priorauth-", suffix=".pdf")  # noqa: SIM115
        if isinstance(document, bytes):
            file.write(document)
        else:
            document.save(cast("BinaryIO", file), deterministic_id=True)
        file.flush()
    except OSError as error:
        raise NoRoomError(error.strerror or "no reason given") from None
    kept = Kept(Pdf.open(file.name, access_mode=AccessMode.stream), Path(file.name))
    weakref.finalize(kept, file.close)  # which removes it
    return kept
