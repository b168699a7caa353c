"""Codes and identifiers are right once they are built, and a record keeps its values to itself."""

from __future__ import annotations

import logging
import traceback
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, TypeAdapter, ValidationError

from priorauth import codes
from priorauth.codes import Record

FULL_WIDTH = "\uff11"  # a digit 1 of East Asian scripts


def read(kind: Any, text: object) -> Any:  # noqa: ANN401 - a value of that kind
    """Return the text as a value of that kind."""
    return TypeAdapter(kind).validate_python(text)


def wrong(kind: Any, text: object) -> str:  # noqa: ANN401 - any kind of value
    """Return what is said of a text that is not of that kind."""
    with pytest.raises(ValidationError) as caught:
        read(kind, text)
    return caught.value.errors()[0]["msg"]


# --- NPI ------------------------------------------------------------------------------------------


@st.composite
def npis(draw: st.DrawFn) -> str:
    """Return an NPI: nine digits, the first of them 1 or 2, and their check digit."""
    nine = draw(st.sampled_from("12")) + draw(st.text("0123456789", min_size=8, max_size=8))
    return next(nine + last for last in "0123456789" if codes.luhn_is_right(f"80840{nine}{last}"))


class TestNpi:
    """The check digit of an NPI is the Luhn digit of `80840` and the nine digits before it.

    NPI final rule, 45 CFR 162.406(a): "The standard unique health identifier for health care
    providers is a 10-position numeric identifier, with a check digit in the 10th position." The
    digit is computed with the Luhn formula (ISO/IEC 7812) as if the issuer's prefix 80840 stood
    in front.
    """

    @pytest.mark.parametrize("npi", ["1234567893", "1102345679"])
    def test_an_npi_is_kept_as_it_is(self, npi: str) -> None:
        """1234567893 is the example of the standard."""
        assert npi == read(codes.Npi, npi)

    @given(npis())
    def test_every_nine_digits_have_one_check_digit(self, npi: str) -> None:
        """The other nine check digits are wrong."""
        right = [d for d in "0123456789" if codes.luhn_is_right(f"80840{npi[:-1]}{d}")]
        assert [npi[-1]] == right

    @given(npis(), st.integers(0, 9), st.sampled_from("0123456789"))
    def test_one_wrong_digit_is_caught(self, npi: str, place: int, digit: str) -> None:
        """Whichever digit it is, and whatever was written in its stead."""
        other = npi[:place] + digit + npi[place + 1 :]
        if other == npi:
            assert npi == read(codes.Npi, other)
        else:
            assert "digit" in wrong(codes.Npi, other)

    @given(npis(), st.integers(0, 8))
    def test_swapped_neighbors_are_caught(self, npi: str, place: int) -> None:
        """All but 09 and 90, which the formula cannot tell apart."""
        one, two = npi[place], npi[place + 1]
        other = npi[:place] + two + one + npi[place + 2 :]
        if one == two or {one, two} == {"0", "9"}:
            assert codes.luhn_is_right(f"80840{other}")
        else:
            assert "digit" in wrong(codes.Npi, other)

    def test_a_wrong_check_digit_is_said(self) -> None:
        """The message tells a slip of the pen from something else altogether."""
        assert wrong(codes.Npi, "1234567890") == "the NPI's check digit is wrong"

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "123456789",
            "12345678931",
            "123-456-7893",
            "3234567893",
            f"{FULL_WIDTH}23456789",
            "NPI",
        ],
    )
    def test_what_is_no_npi_is_said(self, text: str) -> None:
        """Ten digits of our own script, the first of them 1 or 2."""
        assert wrong(codes.Npi, text) == "must be ten digits, the first of them 1 or 2"


# --- codes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("F33.2", "F33.2"),
        ("f332", "F33.2"),
        (" F33.2 ", "F33.2"),
        ("F33", "F33"),
        ("C7A.1", "C7A.1"),
        ("S72.001A", "S72.001A"),
    ],
)
def test_a_diagnosis_code_is_written_one_way(text: str, expected: str) -> None:
    """In capitals, with its dot after the third character."""
    assert expected == read(codes.Icd10cm, text)


@pytest.mark.parametrize(
    "text", ["F3", "33.2", "depression", "F33.22222", f"F{FULL_WIDTH}", "F33 .2x"]
)
def test_what_is_no_diagnosis_code(text: str) -> None:
    """A letter, a digit, and one to five more characters."""
    assert wrong(codes.Icd10cm, text) == "is not an ICD-10-CM code"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("J0013", "J0013"),
        ("j0013", "J0013"),
        ("00104", "00104"),
        ("96365", "96365"),
        ("0889T", "0889T"),
    ],
)
def test_a_procedure_code_is_five_characters(text: str, expected: str) -> None:
    """HCPCS begins with a letter, CPT with a digit; a zero in front is kept."""
    assert expected == read(codes.ProcedureCode, text)


@pytest.mark.parametrize(
    "text", ["J013", "J00133", "JJ013", "104", "96365-59", f"J001{FULL_WIDTH}"]
)
def test_what_is_no_procedure_code(text: str) -> None:
    """Four characters are a code that lost its zero."""
    assert wrong(codes.ProcedureCode, text) == "is not a HCPCS or CPT code"


@pytest.mark.parametrize(
    "text", ["50458-028-03", "50458-0028-03", "50458002803", "50458-0028-3", " 50458-028-03 "]
)
def test_a_drug_code_is_written_with_eleven_digits(text: str) -> None:
    """The ten digits of the label get the zero that billing asks for, in the right place."""
    assert read(codes.Ndc, text) == "50458-0028-03"


def test_a_drug_code_of_four_digits_gets_its_zero_in_front() -> None:
    """A labeler's four digits become five."""
    assert read(codes.Ndc, "0002-3227-30") == "00002-3227-30"


@pytest.mark.parametrize(
    "text",
    [
        "5045802803",
        "50458-028",
        "50458-28-03",
        "50458-028-03-1",
        "abcde-028-03",
        "-",
        FULL_WIDTH * 11,
    ],
)
def test_what_is_no_drug_code(text: str) -> None:
    """Ten digits without dashes can be read in three ways: none is guessed."""
    assert wrong(codes.Ndc, text) == "is not a National Drug Code"


@pytest.mark.parametrize(
    "text", ["9135550142", "913-555-0142", "(913) 555-0142", "+1 913.555.0142", "1-913-555-0142"]
)
def test_a_telephone_number_is_written_one_way(text: str) -> None:
    """Ten digits with dashes, the country code left out."""
    assert read(codes.Phone, text) == "913-555-0142"


@pytest.mark.parametrize("text", ["555-0142", "913-055-0142", "013-555-0142", "913-555-0142 x4"])
def test_what_is_no_telephone_number(text: str) -> None:
    """Area code and exchange begin with 2 to 9."""
    assert wrong(codes.Phone, text) == "is not a US telephone number"


@pytest.mark.parametrize("text", ["U1234567801", "12", "ABC 123-45"])
def test_a_member_id_is_kept_as_on_the_card(text: str) -> None:
    """Letters, digits, blanks and dashes, up to thirty."""
    assert text == read(codes.MemberId, text)


@pytest.mark.parametrize("text", ["", "x", "-12", "a" * 31, "12_34", FULL_WIDTH * 9])
def test_what_is_no_member_id(text: str) -> None:
    """Something else was pasted there."""
    assert wrong(codes.MemberId, text)


@pytest.mark.parametrize("text", ["notes", "rems_site_certified", "2026-notes", "a"])
def test_a_slug_is_a_short_name(text: str) -> None:
    """Small letters, digits, dashes and underscores."""
    assert text == read(codes.Slug, text)


@pytest.mark.parametrize("text", ["", "Notes", "my notes", "_a", "a" * 61, "notes\n", "é"])
def test_what_is_no_slug(text: str) -> None:
    """A name that can stand in a file name and in a letter."""
    assert wrong(codes.Slug, text)


# --- text and numbers -----------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["Dana", "  Zoë O’Hara-Núñez ", "山田 𠮷子", "a\tb", "NO", "1e3"])  # noqa: RUF001
def test_a_line_is_kept_without_blanks_around_it(text: str) -> None:
    """Any script is welcome; nothing is turned into something else."""
    assert text.strip() == read(codes.Line, text)


@pytest.mark.parametrize("text", ["a\nb", "a\rb", "a\0b", "a\x1bb", "a\x85b", "a\u2028b", "\x7f"])
def test_a_line_has_no_breaks_and_no_control_characters(text: str) -> None:
    """They would break a letter's line, or the file that it becomes."""
    assert wrong(codes.Line, text) == "must be plain text on one line"


def test_a_text_may_have_lines() -> None:
    """A clinician's words are printed with their paragraphs."""
    assert read(codes.Text, " one\n\n\ttwo ") == "one\n\n\ttwo"
    assert wrong(codes.Text, "one\0two") == "holds a character that cannot be printed"


@pytest.mark.parametrize(("kind", "most"), [(codes.Line, 200), (codes.Text, 20_000)])
def test_a_text_is_not_empty_and_not_endless(kind: Any, most: int) -> None:  # noqa: ANN401
    """Blanks alone are no text."""
    assert read(kind, "x" * most) == "x" * most
    assert "at most" in wrong(kind, "x" * (most + 1))
    assert "at least" in wrong(kind, " \n ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("150", "150"),
        ("37.5", "37.5"),
        (" 0.50 ", "0.50"),
        (".5", "0.5"),
        ("2.", "2"),
        ("-10", "-10"),
    ],
)
def test_a_number_is_exact(text: str, expected: str) -> None:
    """It is read as it is written, without rounding."""
    assert Decimal(expected) == read(codes.Number, text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "-",
        "1e3",
        "1E999999",
        "1_000",
        "1,000",
        "0x1F",
        "NaN",
        "Infinity",
        "١٢",
        "two",
        "1 2",
    ],
)
def test_what_only_computers_take_for_a_number_is_refused(text: str) -> None:
    """A dose is digits and a point."""
    assert "decimal" in wrong(codes.Number, text)


# --- records --------------------------------------------------------------------------------------


class Card(Record):
    """A record with one key that is a word of the language."""

    start: codes.Line = Field(alias="from")
    kind: str = Field(default="card", exclude=True)


def test_a_record_cannot_be_changed() -> None:
    """After the door all values are frozen."""
    card = Card(start="here")
    with pytest.raises(ValidationError, match="frozen"):
        card.start = "there"  # type: ignore[misc]


def test_a_record_refuses_keys_that_it_does_not_know() -> None:
    """An unknown key is a slip, never ignored."""
    assert "Extra inputs" in wrong(Card, {"from": "here", "to": "there"})


def test_a_record_names_its_keys_as_they_are_written() -> None:
    """`from` is written, though the program says `start`; what is never written is not named."""
    assert Card.written_keys() == ("from",)


def test_a_record_keeps_its_values_to_itself(caplog: pytest.LogCaptureFixture) -> None:
    """Neither its text form, nor a log line, nor a traceback shows what it holds."""
    caplog.set_level(logging.DEBUG)
    sentinel = "8f3b"
    card = Card(start=sentinel)
    logging.getLogger(__name__).debug("%s %r %s", card, card, [card])
    assert caplog.messages == ["<Card> <Card> [<Card>]"]
    assert f"{card}" == "<Card>"
    with pytest.raises(ValidationError) as caught:
        Card.model_validate({"from": f"{sentinel}\0"})
    assert sentinel not in "".join(traceback.format_exception(caught.value))
