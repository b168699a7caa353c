"""Page numbers as people write them: in rising order, no page twice."""

from __future__ import annotations

import pytest
import yaml
from cases import DAY, EMPTY, unhurried
from hypothesis import given
from hypothesis import strategies as st

from priorauth import intake, page_ranges
from priorauth.datafile import parse
from priorauth.problems import errors

PAGES = st.sets(st.integers(1, 999_999), min_size=1).map(lambda pages: tuple(sorted(pages)))


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        ("2", (2,)),
        ("3-5", (3, 4, 5)),
        ("1,4-6", (1, 4, 5, 6)),
        (" 1 , 4 - 6 ", (1, 4, 5, 6)),
        ("4\N{EN DASH}6", (4, 5, 6)),
        ("7-7", (7,)),
    ],
)
def test_pages_are_read_as_people_write_them(text: str, pages: tuple[int, ...]) -> None:
    """One page, a range, several of them, with blanks and with a typesetter's dash."""
    assert pages == page_ranges.numbers(page_ranges.parse(text))


@pytest.mark.parametrize(
    "text",
    ["", "0", "-3", "3-", "5-3", "4,1", "2,2", "1-3,3", "1,,2", "a", "1.5", "all", "²", "1234567"],
)
def test_what_is_no_rising_list_of_pages_is_refused(text: str) -> None:
    """Page 0, a range that runs backward, a page twice, words."""
    with pytest.raises(ValueError, match=r"^$"):
        page_ranges.parse(text)


@unhurried
@given(PAGES)
def test_what_is_written_is_read_again(pages: tuple[int, ...]) -> None:
    """Any set of pages comes back from its shortest written form."""
    assert pages == page_ranges.numbers(page_ranges.parse(page_ranges.written(pages)))


@pytest.mark.parametrize("pages", ["[3, 5]", "5-3", "first", "{from: 3}"])
def test_pages_of_an_exhibit_that_cannot_be_read_are_told_with_their_line(pages: str) -> None:
    """The message shows how pages are written."""
    exhibit = f"{{id: notes, title: Notes, kind: other, file: a.pdf,\npages: {pages}}}"
    case = yaml.safe_dump(EMPTY, default_flow_style=True, width=10_000).rstrip("}\n")
    data = parse(f"{case}}}, exhibits: [{exhibit}]}}", "case.yaml")
    (problem,) = errors(intake.understand(data, DAY).problems)
    assert str(problem) == (
        "case.yaml:2: error: exhibits.0.pages: must be page numbers in rising order, none of them "
        "twice. Write them on one line: 3-5, or 2,4-6; leave `pages:` out for all pages."
    )
