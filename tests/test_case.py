"""What the practice knows is right once it is built, and then stays as it is."""

from __future__ import annotations

import string
from datetime import date
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from priorauth import case, datafile, samples
from priorauth.case import (
    Address,
    Case,
    Diagnosis,
    Exhibit,
    Kind,
    Name,
    Patient,
    PersonName,
    RequestedCode,
)

ADDRESS = {"street": "8800 Juniper Bend", "city": "Overland Park", "state": "KS", "zip": "66212"}
REQUEST = {"service": "esketamine", "codes": [{"code": "J0013"}], "plan": "84 mg"}


@cache
def sample() -> Case:
    """Return the case of a sample, read without the door."""
    return Case.model_validate(datafile.read(samples.find("esketamine").path).value)


def wrong(kind: Any, /, **values: Any) -> list[tuple[str, str]]:  # noqa: ANN401
    """Return where the values do not fit, and the type of each error."""
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(values)
    return [(".".join(map(str, e["loc"])), e["type"]) for e in caught.value.errors()]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"given": "Dana", "family": "Whitfield"}, "Dana Whitfield"),
        ({"given": "Dana", "middle": "K.", "family": "Whitfield"}, "Dana K. Whitfield"),
        ({"given": "Dana", "family": "Whitfield", "suffix": "Jr."}, "Dana Whitfield Jr."),
    ],
)
def test_a_full_name_is_its_parts_in_order(parts: dict[str, str], expected: str) -> None:
    """Given, middle, family, suffix, as far as they are known."""
    assert expected == Name(**parts).full


@pytest.mark.parametrize(
    ("written", "given_name", "family"),
    [
        ("Dana Whitfield", "Dana", "Whitfield"),
        ("Dana Maria Whitfield", "Dana Maria", "Whitfield"),
        ("  Dana   Whitfield ", "Dana", "Whitfield"),
        ({"given": "Dana", "family": "van der Berg"}, "Dana", "van der Berg"),
        (Name(given="Dana", family="Whitfield"), "Dana", "Whitfield"),
    ],
)
def test_a_name_is_read_from_one_line_or_from_its_parts(
    written: object, given_name: str, family: str
) -> None:
    """The last word of a line is the family name; others are written in parts."""
    name = TypeAdapter(PersonName).validate_python(written)
    assert (given_name, family) == (name.given, name.family)


@pytest.mark.parametrize("written", ["Whitfield", "", [], ["Dana", "Whitfield"], {"given": "Dana"}])
def test_half_a_name_is_none(written: object) -> None:
    """A single word could be either."""
    with pytest.raises(ValidationError):
        TypeAdapter(PersonName).validate_python(written)


def test_an_address_has_the_lines_of_an_envelope() -> None:
    """With the second street line only where there is one."""
    assert Address(**ADDRESS).lines == ("8800 Juniper Bend", "Overland Park, KS 66212")
    assert Address(**ADDRESS, street_2="Suite 2").lines == (
        "8800 Juniper Bend",
        "Suite 2",
        "Overland Park, KS 66212",
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("state", "Kansas"),
        ("state", "ks"),
        ("zip", "6621"),
        ("zip", "66212-"),
        ("zip", "\uff16" * 5),
    ],
)
def test_what_is_no_us_address(field: str, value: str) -> None:
    """Two capital letters; five digits, or nine with a dash."""
    assert [(field, "string_pattern_mismatch")] == wrong(Address, **{**ADDRESS, field: value})


@pytest.mark.parametrize(
    "value", ["1984-03", "1984", "03/09/1984", "1984-02-30", "1899-12-31", 1984, "1984-03-00"]
)
def test_a_birth_date_is_a_day(value: object) -> None:
    """Known to the day, in the one form that cannot be misread."""
    name = {"given": "Dana", "family": "Whitfield"}
    assert wrong(Patient, name=name, birth_date=value) in (
        [("birth_date", "day")],
        [("birth_date", "date_from_datetime_inexact")],
    )
    patient = Patient.model_validate({"name": name, "birth_date": "1984-03-09"})
    assert patient.birth_date == date(1984, 3, 9)


def test_a_request_is_an_initial_one_and_not_urgent_unless_it_says_so() -> None:
    """What is left out is the usual."""
    request = case.Request.model_validate(REQUEST)
    assert (request.kind, request.urgent) == (Kind.INITIAL, False)
    assert request.known_service.id == "esketamine"


def test_a_request_is_for_a_known_service() -> None:
    """The reference data says what can be asked for."""
    assert wrong(case.Request, **{**REQUEST, "service": "spravato"}) == [
        ("service", "unknown_service")
    ]
    unread = case.Request.model_validate(REQUEST).model_copy(update={"service": "nothing"})
    with pytest.raises(LookupError):
        _ = unread.known_service


def test_a_request_needs_a_code() -> None:
    """At least one, and no more than a form can take."""
    assert wrong(case.Request, **{**REQUEST, "codes": []}) == [("codes", "too_short")]
    codes = [{"code": "J0013"}] * 51
    assert wrong(case.Request, **{**REQUEST, "codes": codes}) == [("codes", "too_long")]


@pytest.mark.parametrize("units", ["0", "-1", "100001", "1e9999999", "NaN"])
def test_units_are_a_number_that_can_be_asked_for(units: str) -> None:
    """More than none, and not more than a form can take."""
    assert [loc for loc, _ in wrong(RequestedCode, code="J0013", units=units)] == ["units"]


def test_a_diagnosis_has_the_title_of_the_code_set() -> None:
    """The title is looked up, never written by hand."""
    diagnosis = Diagnosis(code="f332")
    assert diagnosis.code == "F33.2"
    expected = "Major depressive disorder, recurrent severe without psychotic features"
    assert expected == diagnosis.title
    assert Diagnosis(code="F33.7").title == ""
    assert Diagnosis(code="F33.7").named == "F33.7"


@pytest.mark.parametrize(
    ("code", "expected"),
    [("F33", "icd10cm_category"), ("F", "icd10cm_form")],
)
def test_a_diagnosis_is_a_billable_code(code: str, expected: str) -> None:
    """A category and a word are told apart; what the set lacks is for intake, which has a day."""
    assert [("code", expected)] == wrong(Diagnosis, code=code)


def test_evidence_may_stand_alone_or_in_a_list() -> None:
    """One page needs no list."""
    one = {"exhibit": "notes", "page": "3"}
    alone = Diagnosis.model_validate({"code": "F33.2", "evidence": one})
    assert alone == Diagnosis.model_validate({"code": "F33.2", "evidence": [one]})
    assert Diagnosis(code="F33.2", evidence=alone.evidence) == alone


def case_with(count: int) -> Case:
    """Return a case with so many exhibits, `e0` and on."""
    exhibits = tuple(
        Exhibit(id=f"e{n}", title="X", kind="other", file="x.pdf") for n in range(count)
    )
    return sample().model_copy(update={"exhibits": exhibits})


@pytest.mark.parametrize(
    ("place", "expected"),
    [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")],
)
def test_exhibits_are_lettered(place: int, expected: str) -> None:
    """A to Z, then AA and on, as law offices do."""
    assert expected == case_with(703).exhibit_letter(f"e{place}")


@given(st.integers(1, 60))
def test_no_two_exhibits_share_a_letter(count: int) -> None:
    """Each letter is one exhibit's, and shorter ones come first."""
    made = case_with(count)
    letters = [made.exhibit_letter(exhibit.id) for exhibit in made.exhibits]
    assert letters == sorted(set(letters), key=lambda letter: (len(letter), letter))
    assert set("".join(letters)) <= set(string.ascii_uppercase)


def test_a_case_cannot_be_changed() -> None:
    """After it is built, a case is a value: equal to itself read again, and frozen."""
    found = sample()
    assert found == sample()
    for record in (found, found.patient, found.request, found.treatments[0], found.exhibits[0]):
        for name in type(record).model_fields:
            with pytest.raises(ValidationError, match="frozen"):
                setattr(record, name, None)


def test_a_case_is_what_it_was_after_writing_and_reading() -> None:
    """A case that is written by field names is read as the same case."""
    found = sample()
    assert found == Case.model_validate({name: getattr(found, name) for name in Case.model_fields})
