"""Invented cases with their exhibits: for the demo, for previews and for worked examples.

Each is a folder here with a `case.yaml` and the documents that it encloses.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from priorauth import datafile
from priorauth.problems import PriorAuthError, listed, nearest

_FOLDER = Path(__file__).parent


class UnknownSampleError(PriorAuthError):
    """There is no sample case of that name."""

    def __init__(self, name: str) -> None:
        """Name the samples that there are."""
        near = nearest(name, names()) or names()
        super().__init__(f"There is no sample of that name. Did you mean {listed(near)}?")


@dataclass(frozen=True)
class Sample:
    """A sample case: its name, what it shows, its folder."""

    name: str
    about: str
    folder: Path

    @property
    def path(self) -> Path:
        """Return the case file."""
        return self.folder / "case.yaml"

    @property
    def files(self) -> tuple[Path, ...]:
        """Return the case file and the documents that it encloses."""
        return tuple(path for path in sorted(self.folder.iterdir()) if path.is_file())

    def copy_to(self, folder: Path) -> Path:
        """Write the case and its exhibits into `folder`, and return the new case file.

        Raises FileExistsError, before anything is written, when one of the files is there already.
        """
        folder.mkdir(parents=True, exist_ok=True)
        for path in self.files:
            if (folder / path.name).exists():
                raise FileExistsError(folder / path.name)
        for path in self.files:
            shutil.copyfile(path, folder / path.name)
        return folder / "case.yaml"


def names() -> tuple[str, ...]:
    """Return the names of the sample cases."""
    return tuple(sorted(path.parent.name for path in _FOLDER.glob("*/case.yaml")))


def find(name: str) -> Sample:
    """Return one sample; raises UnknownSampleError."""
    if name not in names():
        raise UnknownSampleError(name)
    folder = _FOLDER / name
    first = (folder / "case.yaml").read_text("utf-8").split("\n", 1)[0]
    return Sample(name, first.removeprefix("#").strip(), folder)


def read(name: str) -> datafile.Datafile:
    """Return a sample's case file as read; raises UnknownSampleError."""
    return datafile.read(find(name).path)
