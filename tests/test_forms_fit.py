"""Text in boxes: measured with the letters it is drawn with, never cut, never too small to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorauth.forms.fonts import LackingError, brought, tidy, width_of
from priorauth.forms.layout import LARGEST, READABLE, Box, fit
from priorauth.library import Library

if TYPE_CHECKING:
    from priorauth.forms.layout import Setting

FACE = brought(Library.open().template_folders)
WORDS = "Psychiatric evaluation and progress notes of the past year"


def lines_of(setting: Setting | None) -> list[str]:
    """Return the lines of a text as it is set; none when it does not fit."""
    return [line.text for line in setting.lines] if setting else []


def test_a_text_keeps_the_size_that_the_form_wants() -> None:
    """As long as it fits."""
    setting = fit("Dana Whitfield", Box(200, 16, size=10), [FACE])
    assert setting
    assert setting.size == 10


def test_a_text_that_is_too_wide_is_set_smaller() -> None:
    """No smaller than it must be, and no smaller than can be read."""
    wide = width_of(WORDS, FACE, 10)
    setting = fit(WORDS, Box(wide * 0.9, 16, size=10), [FACE])
    assert setting
    assert READABLE <= setting.size < 10
    assert width_of(WORDS, FACE, setting.size) <= wide * 0.9 < width_of(WORDS, FACE, 9.5)


def test_a_text_that_would_be_too_small_to_read_does_not_fit() -> None:
    """Then nothing of it stands in the box."""
    assert fit(WORDS, Box(width_of(WORDS, FACE, 7.9), 16, size=10), [FACE]) is None


def test_a_form_that_sets_small_letters_itself_is_followed() -> None:
    """Its own size is the smallest then."""
    setting = fit("OK", Box(40, 9, size=6), [FACE])
    assert setting
    assert setting.size == 6
    assert fit(WORDS, Box(40, 9, size=6), [FACE]) is None


def test_a_size_that_is_left_open_is_as_large_as_the_box_allows() -> None:
    """At most twelve points."""
    assert [
        setting.size
        for height in (30, 12, 9)
        if (setting := fit("KS", Box(40, height), [FACE])) is not None
    ] == [LARGEST, LARGEST, 9.5]
    assert fit("KS", Box(40, 7), [FACE]) is None


@pytest.mark.parametrize(("align", "left"), [(0, 2.0), (1, 50.0), (2, 98.0)])
def test_a_text_stands_at_the_side_that_the_form_wants(align: int, left: float) -> None:
    """Left, in the middle, or right."""
    wide = width_of("12", FACE, 10)
    setting = fit("12", Box(100, 16, size=10, align=align), [FACE])
    assert setting
    share = {0: 0.0, 1: 0.5, 2: 1.0}[align]
    assert setting.lines[0].x == pytest.approx(left - share * wide)


def test_several_lines_break_between_words_and_where_the_case_does() -> None:
    """A box for several lines is filled from the top."""
    setting = fit(f"{WORDS}\n\nNext", Box(120, 90, size=10, multiline=True), [FACE])
    assert setting
    assert " ".join(lines_of(setting)) == f"{WORDS} Next"
    heights = [line.y for line in setting.lines]
    assert heights == sorted(heights, reverse=True)
    assert heights[-2] - heights[-1] > 20  # the empty line


def test_a_word_that_is_wider_than_the_box_is_broken() -> None:
    """In a box for several lines; in one for a line it does not fit."""
    word = "a" * 60
    assert "".join(lines_of(fit(word, Box(80, 90, size=10, multiline=True), [FACE]))) == word
    assert fit(word, Box(80, 90, size=10), [FACE]) is None


def test_a_comb_has_a_box_for_each_character() -> None:
    """Each character stands in the middle of its own."""
    setting = fit("66212", Box(100, 16, size=10, cells=5, most=5), [FACE])
    assert setting
    assert lines_of(setting) == list("66212")
    digit = width_of("6", FACE, 10)
    assert [line.x for line in setting.lines] == pytest.approx(
        [20 * place + (20 - digit) / 2 for place in range(5)]
    )
    assert fit("662120", Box(100, 16, size=10, cells=5), [FACE]) is None


def test_a_text_that_is_longer_than_the_form_allows_does_not_fit() -> None:
    """However wide the box is."""
    assert fit("12345", Box(500, 16, size=10, most=4), [FACE]) is None


def test_a_line_break_in_a_box_for_one_line_becomes_a_space() -> None:
    """Nothing else is changed."""
    assert lines_of(fit("one\ntwo", Box(200, 16, size=10), [FACE])) == ["one two"]


def test_signs_that_the_first_font_lacks_come_from_the_second() -> None:
    """As in the letters."""
    assert lines_of(fit("≥ 15 é ñ ł", Box(200, 16, size=10), [FACE])) == ["≥ 15 é ñ ł"]


def test_a_character_that_no_font_has_stops_the_form() -> None:
    """And the message does not quote it."""
    with pytest.raises(LackingError) as told:
        fit("山田", Box(200, 16), [FACE])
    assert "山" not in str(told.value)


def test_letters_that_were_typed_in_two_parts_are_joined() -> None:
    """An accent that follows its letter is one character with it; odd spaces are spaces."""
    assert tidy("e\N{COMBINING ACUTE ACCENT}\N{NO-BREAK SPACE}n\r\nx") == "é n\nx"


texts = st.text(st.characters(codec="latin-1", categories=("L", "N", "P", "Zs")), min_size=1)
boxes = st.builds(
    Box,
    width=st.floats(5, 600),
    height=st.floats(5, 200),
    size=st.sampled_from((0.0, 6.0, 8.0, 10.0, 12.0, 14.0)),
    multiline=st.booleans(),
    align=st.integers(0, 2),
)


@given(texts, boxes)
def test_what_is_set_is_whole_and_inside_its_box(text: str, box: Box) -> None:
    """Whatever the text and the box are: every character is drawn, within the edges."""
    setting = fit(tidy(text), box, [FACE])
    if setting is None:
        return
    assert "".join("".join(lines_of(setting)).split()) == "".join(tidy(text).split())
    for line in setting.lines:
        assert line.x >= box.padding - 0.01
        assert line.x + width_of(line.text, FACE, setting.size) <= box.width - box.padding + 0.01
        assert 0 <= line.y <= box.height
