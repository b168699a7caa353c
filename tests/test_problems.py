"""A problem reads as one line: where, how much it matters, what, and what to write instead."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorauth.problems import (
    Place,
    PriorAuthError,
    Problem,
    Severity,
    UnreadableError,
    errors,
    listed,
    nearest,
)

ERROR = Problem(Severity.ERROR, Place("case.yaml", 9, "scores.0.total"), "is missing", "Write it.")
WARNING = Problem(Severity.WARNING, Place("case.yaml", 4), "looks odd", "Compare it.")
HINT = Problem(Severity.HINT, Place(), "reads badly", "")


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (ERROR, "case.yaml:9: error: scores.0.total: is missing. Write it."),
        (WARNING, "case.yaml:4: warning: looks odd. Compare it."),
        (HINT, "hint: reads badly."),
    ],
)
def test_a_problem_is_one_line(problem: Problem, expected: str) -> None:
    """File, line and field stand in front when they are known, and the mending at the end."""
    assert expected == str(problem)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (Place("case.yaml", 9, "scores"), "case.yaml:9"),
        (Place("case.yaml"), "case.yaml"),
        (Place(), ""),
    ],
)
def test_a_place_is_file_and_line(place: Place, expected: str) -> None:
    """A line of zero is one that nobody knows: it is not shown."""
    assert expected == str(place)


def test_a_problem_cannot_be_changed() -> None:
    """Problems are values: what was found stays as it was found."""
    with pytest.raises(AttributeError):
        ERROR.what = "something else"  # type: ignore[misc]


def test_only_errors_stop_the_work() -> None:
    """Warnings and hints are shown, and the work goes on."""
    assert errors([WARNING, ERROR, HINT]) == (ERROR,)


def test_an_unreadable_file_carries_every_problem() -> None:
    """The exception's text is the problems, one a line."""
    error = UnreadableError(problem for problem in (ERROR, WARNING))
    assert isinstance(error, PriorAuthError)
    assert error.problems == (ERROR, WARNING)
    assert str(error) == f"{ERROR}\n{WARNING}"


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("birthdate", ("birth_date",)),
        ("BIRTH_DATE", ("birth_date",)),
        ("mg_per_dya", ("mg_per_day", "mg_per_week")),
        ("nothing like it", ()),
        ("", ()),
    ],
)
def test_a_near_word_is_found(word: str, expected: tuple[str, ...]) -> None:
    """A slip of the pen leads to the words that were meant, the likest first."""
    assert expected == nearest(word, ["mg_per_week", "mg_per_day", "birth_date"])


def test_only_so_many_near_words_are_named() -> None:
    """A suggestion is short."""
    assert len(nearest("aaaa", ["aaab", "aaac", "aaad", "aaae"])) == 3
    assert len(nearest("aaaa", ["aaab", "aaac"], most=1)) == 1


@given(st.text(), st.lists(st.text()))
def test_only_known_words_are_suggested(word: str, known: list[str]) -> None:
    """A suggestion never echoes what was written unless it is a known word."""
    assert set(nearest(word, known)) <= set(known)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a or b"),
        (["a", "b", "c"], "a, b or c"),
    ],
)
def test_words_are_listed_as_a_phrase(words: list[str], expected: str) -> None:
    """The last two words are joined by `or`, the others by commas."""
    assert expected == listed(words)
    assert expected.replace("or", "and") == listed(iter(words), "and")
