"""Find an exhibit's file inside the case's folder and open it, once.

Not for what is in it: `kinds` tells that.
"""

from __future__ import annotations

import hashlib
import stat
from typing import TYPE_CHECKING

from priorauth.exhibits.remarks import RefusedError, error

if TYPE_CHECKING:
    from io import BufferedReader
    from pathlib import Path

MOST_BYTES = 200_000_000  # the memory that a packet takes grows with its files
_MISSING = error(
    "the file of {it} is not there",
    "Put the file beside the case file, or remove the exhibit: only what is there is enclosed.",
)
_OUTSIDE = error(
    "the file of {it} is outside the case's folder",
    "Copy the file into the folder of the case file, and write its name alone.",
)
_FOLDER = error("{it} names a folder, not a file", "Name the document inside it.")
_NO_FILE = error(
    "{it} names something that is not a document", "Name a PDF, a picture or a text file."
)
_EMPTY = error(
    "the file of {it} is empty (0 bytes)", "Save or scan the document again: the copy has failed."
)
_TOO_LARGE = error(
    f"the file of {{it}} is larger than {MOST_BYTES // 1_000_000} MB",
    "Enclose only the pages that a reviewer needs, or scan at 200 dots per inch.",
)


def locate(folder: Path, name: str) -> Path:
    """Return the path of a file that lies in `folder`; raise RefusedError.

    Links are followed first: one that leaves the folder is refused, one inside it is not.
    """
    try:
        path = (folder / name).resolve()
        inside = path.is_relative_to(folder.resolve())
        mode = path.stat().st_mode if inside else 0
    except FileNotFoundError:
        raise RefusedError(_MISSING) from None
    except (OSError, RuntimeError) as problem:  # too long a name; links in a circle
        raise _unreadable(problem) from None
    if not inside:
        raise RefusedError(_OUTSIDE)
    if stat.S_ISDIR(mode):
        raise RefusedError(_FOLDER)
    if not stat.S_ISREG(mode):
        raise RefusedError(_NO_FILE)
    return path


def opened(path: Path) -> BufferedReader:
    """Return the file, open for reading; raise RefusedError when it is empty or too large."""
    try:
        size = path.stat().st_size
        if not size:
            raise RefusedError(_EMPTY)
        if size > MOST_BYTES:
            raise RefusedError(_TOO_LARGE)
        return path.open("rb")
    except OSError as problem:
        raise _unreadable(problem) from None


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unreadable(problem: OSError | RuntimeError) -> RefusedError:
    told = problem.strerror if isinstance(problem, OSError) else ""
    reason = f" ({told})" if told else ""
    fix = "Check its name, and that you may open it."
    return RefusedError(error(f"the file of {{it}} cannot be read{reason}", fix))
