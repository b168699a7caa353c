"""The reader that the tables share, and the marks that every fact carries."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from priorauth.problems import UnreadableError
from priorauth.reference import Mark, read_table


def test_what_was_read_nowhere_is_not_printable() -> None:
    """Only the mark M keeps a fact out of a letter."""
    assert [mark for mark in Mark if not mark.printable] == [Mark.M]


def test_a_table_that_is_not_there_is_named() -> None:
    """A missing table stops the program with its name."""
    with pytest.raises(UnreadableError, match=r"nothing\.yaml"):
        read_table("nothing.yaml", dict[str, str])


def test_a_table_of_another_shape_is_refused() -> None:
    """A table is typed when it is read, so that no half-read fact goes further."""
    with pytest.raises(ValidationError):
        read_table("scales.yaml", dict[str, str])
