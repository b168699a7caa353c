"""Where in the case file an exhibit or its evidence stands, for problems that name the line."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from priorauth import datafile
from priorauth.case import Case
from priorauth.fields import words_of

if TYPE_CHECKING:
    from priorauth.datafile import Datafile, Trail
    from priorauth.problems import Place


class Places:
    """The places of one case file, which is read again only when there is something to say."""

    def __init__(self, file: str) -> None:
        """Remember the case file's name; empty when there is none."""
        self._file = file

    def at(self, trail: Trail) -> Place:
        """Return the place of a field; its line is 0 when the file cannot be read any more."""
        return self._data.place(trail)

    def of_evidence(self, trail: Trail) -> Place:
        """Return the place of the page that an entry of evidence names.

        One entry alone can be written without a list.
        """
        line = self._data.lines
        found = (*trail, "page")
        return self.at(found if found in line or not line else (*trail[:-1], "page"))

    @cached_property
    def _data(self) -> Datafile:
        words = words_of(Case)
        if not self._file:
            return datafile.Datafile("", words=words)
        found = datafile.read(Path(self._file))
        return datafile.Datafile(found.name, found.value, found.lines, words=words)
