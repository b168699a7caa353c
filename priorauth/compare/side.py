"""One of the two libraries that are compared, and how its files are named to the reader."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from priorauth.library import Library
    from priorauth.problems import Problem

FOLDERS = ("payers", "templates")
# What stands in the folders for people and editors, and decides nothing.
_NOT_READ = ("README.md", "OFL.txt")
_SCHEMA = ".schema.json"


@dataclass(frozen=True)
class Side:
    """A library with its name: a folder, or a git revision of one."""

    name: str
    library: Library
    prefix: str  # before the files in it: `lib/`, or after a revision `HEAD~1:`

    @property
    def root(self) -> Path:
        """Return the folder that is looked in first."""
        return self.library.roots[0]

    def files(self) -> dict[str, Path]:
        """Return each file that counts by its path in the library, an own one before a shipped."""
        found: dict[str, Path] = {}
        for root in self.library.roots:
            for path in _read_in(root):
                found.setdefault(path.relative_to(root).as_posix(), path)
        return found

    def told(self, problem: Problem) -> Problem:
        """Return a problem with its file named as the reader knows it, not by where it lies."""
        path = Path(problem.place.file)
        inside = path.relative_to(self.root) if path.is_relative_to(self.root) else path
        if inside.is_absolute() or not (self.root / inside).exists():
            return problem  # a file of the shipped library, or a worked example by its name
        file = f"{self.prefix}{inside.as_posix()}"
        return problem._replace(place=problem.place._replace(file=file))


def is_library(folder: Path) -> bool:
    """Return whether the folder holds what a library is made of."""
    return any((folder / name).is_dir() for name in FOLDERS)


def _read_in(root: Path) -> Iterator[Path]:
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            hidden = path.name.startswith(".") or path.name.endswith(("~", _SCHEMA))
            if path.is_file() and not hidden and path.name not in _NOT_READ:
                yield path
