"""Treatments, doses and scores hold what the chart says, and nothing that cannot be."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from priorauth.dates import PartialDate
from priorauth.history import (
    Change,
    DeviceTreatment,
    Dose,
    DrugTreatment,
    Evidence,
    KetamineTreatment,
    Outcome,
    Psychotherapy,
    Purpose,
    Score,
    Treatment,
    fall_percent,
    gained,
    percent,
    treatment_kind,
)

if TYPE_CHECKING:
    from priorauth.history import Course

DOSE = {"mg_per_day": "50", "from": "2025-02"}


def read(kind: Any, /, **values: Any) -> Any:  # noqa: ANN401
    """Return the values as that kind of record."""
    return TypeAdapter(kind).validate_python(values)


def wrong(kind: Any, /, **values: Any) -> list[tuple[str, str]]:  # noqa: ANN401
    """Return where the values do not fit, and the type of each error."""
    with pytest.raises(ValidationError) as caught:
        read(kind, **values)
    return [(".".join(map(str, e["loc"])), e["type"]) for e in caught.value.errors()]


# --- doses ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "unit"),
    [("mg_per_day", "mg/day"), ("mcg_per_day", "mcg/day"), ("mg_per_week", "mg/week")],
)
def test_a_dose_has_one_amount_in_one_unit(key: str, unit: str) -> None:
    """Whichever of the three is written."""
    dose = read(Dose, **{key: "37.5", "from": "2025-02", "to": "2025-03-09"})
    assert (Decimal("37.5"), unit) == (dose.amount, dose.unit)
    assert (PartialDate(2025, 2), PartialDate(2025, 3, 9)) == (dose.start, dose.end)


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ({}, [("mg_per_week", "one_amount")]),
        ({"mg_per_day": "1", "mg_per_week": "7"}, [("mg_per_week", "one_amount")]),
        ({"mg_per_day": "1", "mcg_per_day": "1"}, [("mg_per_week", "one_amount")]),
        ({"mg_per_day": "many"}, [("mg_per_day", "decimal_parsing")]),
        ({"mg_per_day": "0"}, [("mg_per_day", "greater_than")]),
        ({"mcg_per_day": "100001"}, [("mcg_per_day", "less_than_equal")]),
        (
            {"mg_per_day": "many", "mcg_per_day": "1"},
            [("mg_per_day", "decimal_parsing"), ("mg_per_week", "one_amount")],
        ),
    ],
)
def test_a_dose_without_just_one_amount(
    amounts: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    """None is too few, two are too many; one that is wrong is told as such and no more."""
    assert expected == wrong(Dose, **amounts, **{"from": "2025"})


@pytest.mark.parametrize(
    ("start", "end", "fits"),
    [
        ("2025-03-09", "2025-03-09", True),
        ("2025-03-09", "2025-03-08", False),
        ("2025-03-09", "2025-03", True),  # it may have ended on the 31st
        ("2025-03-09", "2025-02", False),
        ("2025", "2025-01-01", True),
        ("2025", "2024", False),
        ("2025-06", "2025", True),
    ],
)
def test_an_end_is_not_before_its_start(start: str, end: str, fits: bool) -> None:  # noqa: FBT001
    """Only what is certainly wrong is refused: dates known in part may be in order."""
    for kind, values in (
        (Dose, {"mg_per_day": "1"}),
        (Psychotherapy, {"psychotherapy": "CBT"}),
    ):
        dated = {**values, "from": start, "to": end}
        if fits:
            assert str(read(kind, **dated).end) == end
        else:
            assert wrong(kind, **dated) == [("to", "end_before_start")]


def test_one_slip_in_a_dose_hides_no_other() -> None:
    """Amount and dates are looked at each for itself."""
    assert wrong(Dose, **{"mg_per_day": "x", "from": "2025", "to": "2024"}) == [
        ("mg_per_day", "decimal_parsing"),
        ("to", "end_before_start"),
    ]
    assert wrong(Dose, **{"from": "soon", "to": "2024"}) == [
        ("mg_per_week", "one_amount"),
        ("from", "partial_date"),
    ]


# --- scores ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scale", "total", "fits"),
    [
        ("PHQ-9", "0", True),
        ("PHQ-9", "27", True),
        ("PHQ-9", "28", False),
        ("phq9", "27", True),
        ("MADRS", "60", True),
        ("MADRS", "61", False),
        ("HAM-D 17", "52", True),
        ("HAM-D 17", "53", False),
    ],
)
def test_a_total_lies_on_its_scale(scale: str, total: str, fits: bool) -> None:  # noqa: FBT001
    """The ends of a scale are totals of it; the scale gets its own name."""
    values = {"scale": scale, "total": total, "on": "2026-11-10"}
    if fits:
        score = read(Score, **values)
        assert score.total == int(total)
        assert score.scale in {"PHQ-9", "MADRS", "HAM-D17"}
    else:
        assert wrong(Score, **values) == [("total", "off_scale")]


def test_a_scale_without_a_total_has_no_score() -> None:
    """What was found on it is told in words."""
    assert wrong(Score, scale="C-SSRS", total="3", on="2026") == [("total", "no_total")]


def test_an_unknown_scale_is_told_apart_from_its_total() -> None:
    """Of a scale that nobody knows no total is wrong."""
    assert wrong(Score, scale="Apgar", total="999", on="2026") == [("scale", "unknown_scale")]


def test_a_change_needs_a_score_to_start_from() -> None:
    """Of zero no percentage can be made."""
    assert wrong(Change, scale="PHQ-9", before="0", after="0") == [("before", "no_baseline")]
    assert wrong(Change, scale="PHQ-9", before="28", after="29") == [
        ("before", "off_scale"),
        ("after", "off_scale"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [(40, 20, "50"), (37, 35, "5.4"), (20, 22, "-10"), (20, 20, "0"), (3, 0, "100")],
)
def test_improvement_is_the_fall_in_percent(before: int, after: int, expected: str) -> None:
    """Of the score before; negative when the score rose."""
    change = Change(scale="MADRS", before=before, after=after)
    assert Decimal(expected) == change.improvement_percent.quantize(Decimal("0.1"))
    assert change.improvement_percent == fall_percent(before, after)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal(50), "50 percent"),
        (Decimal(200) / 37, "5.4 percent"),
        (Decimal(-200) / 37, "-5.4 percent"),
        (Decimal("24.95"), "25 percent"),
        (Decimal("0.04"), "0 percent"),
        (Decimal(100), "100 percent"),
    ],
)
def test_a_percentage_is_printed_to_a_tenth(value: Decimal, expected: str) -> None:
    """Rounded as a reader's calculator rounds, without zeros at the end."""
    assert expected == percent(value)


@given(st.integers(1, 60), st.integers(0, 60))
def test_a_printed_percentage_is_near_the_exact_one(before: int, after: int) -> None:
    """Half a tenth away at most."""
    exact = fall_percent(before, after)
    printed = Decimal(percent(exact).removesuffix(" percent"))
    assert abs(exact - printed) <= Decimal("0.05")


# --- treatments -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "kind", "says"),
    [
        ({"drug": "sertraline", "doses": [DOSE]}, DrugTreatment, ("drug", "drug", "sertraline")),
        ({"psychotherapy": "CBT"}, Psychotherapy, ("psychotherapy", "psychotherapy", "CBT")),
        ({"tms": "theta burst"}, DeviceTreatment, ("tms", "protocol", "theta burst")),
        ({"ect": "bitemporal"}, DeviceTreatment, ("ect", "protocol", "bitemporal")),
        ({"ketamine": "IV"}, KetamineTreatment, ("ketamine", "route", "IV")),
        ({"esketamine": "nasal"}, KetamineTreatment, ("esketamine", "route", "nasal")),
    ],
)
def test_the_first_key_says_what_was_tried(
    values: dict[str, Any], kind: type[Course], says: tuple[str, str, str]
) -> None:
    """Each kind of treatment has a key of its own; read again, a treatment is itself."""
    found = read(Treatment, **values)
    name, field, expected = says
    assert type(found) is kind
    assert expected == getattr(found, field)
    assert treatment_kind(found) == treatment_kind(values) == name
    assert TypeAdapter(Treatment).validate_python(found) == found


@pytest.mark.parametrize(
    "values",
    [{}, {"outcome": "response"}, {"tms": "a", "ect": "b"}, {"drug": "a", "ketamine": "b"}],
)
def test_a_treatment_is_of_one_kind(values: dict[str, str]) -> None:
    """None is too few, two are too many."""
    assert wrong(Treatment, **values) == [("", "treatment_kind")]


@pytest.mark.parametrize("value", [None, "sertraline", ["drug"], 3])
def test_what_is_no_treatment(value: object) -> None:
    """A treatment has keys."""
    assert treatment_kind(value) is None
    with pytest.raises(ValidationError, match="needs just one of"):
        TypeAdapter(Treatment).validate_python(value)


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"tms": "a", "protocol": "b"}, "tms"),
        ({"ect": "a", "kind": "tms"}, "ect"),
        ({"ketamine": "a", "route": "b"}, "ketamine"),
    ],
)
def test_the_programs_own_names_are_not_keys(values: dict[str, str], key: str) -> None:
    """What stands beside the first key is never silently replaced by it."""
    assert wrong(Treatment, **values) == [(key, "unfolded")]


def test_a_drug_needs_its_doses_unless_it_could_not_be_given() -> None:
    """A drug that was contraindicated was never taken."""
    assert wrong(DrugTreatment, drug="sertraline") == [("doses", "no_doses")]
    assert wrong(DrugTreatment, drug="sertraline", outcome="response", doses=[]) == [
        ("doses", "no_doses")
    ]
    assert wrong(DrugTreatment, drug="sertraline", outcome="better") == [("outcome", "enum")]
    found = read(DrugTreatment, drug="sertraline", outcome="contraindicated")
    assert (found.doses, found.outcome) == ((), Outcome.CONTRAINDICATED)


def test_a_drug_is_a_known_one() -> None:
    """By any of its names; what it was added to as well."""
    found = read(DrugTreatment, drug="Abilify", augments="Zoloft", doses=[DOSE])
    assert found.product.drug.agent == "aripiprazole"
    assert found.augmented is not None
    assert found.augmented.drug.agent == "sertraline"
    assert found.purpose is Purpose.DEPRESSION
    assert wrong(DrugTreatment, drug="sertralin", augments="zolof", doses=[DOSE]) == [
        ("drug", "unknown_drug"),
        ("augments", "unknown_drug"),
    ]


def test_a_drug_that_was_added_to_none() -> None:
    """Most drugs are taken for themselves."""
    assert read(DrugTreatment, drug="sertraline", doses=[DOSE]).augmented is None
    with pytest.raises(LookupError):
        _ = DrugTreatment.model_construct(drug="nothing").product


@pytest.mark.parametrize(
    ("outcome", "values", "expected"),
    [
        ("no_response", {"improvement_percent": "50"}, True),
        ("no_response", {"improvement_percent": "49.9"}, False),
        ("partial_response", {"change": ("MADRS", "40", "5")}, True),
        ("partial_response", {"change": ("PHQ-9", "18", "23")}, False),
        ("response", {"change": ("PHQ-9", "20", "10")}, False),
        ("response", {"change": ("PHQ-9", "20", "11")}, True),
        ("remission", {"change": ("MADRS", "18", "10")}, False),
        ("remission", {"change": ("MADRS", "40", "21")}, True),
        ("response", {"change": ("Y-BOCS", "20", "13")}, False),
        ("no_response", {"change": ("BDI-II", "40", "20")}, True),
        ("intolerance", {"improvement_percent": "90"}, False),
        ("no_response", {}, False),
    ],
)
def test_figures_contradict_the_word_by_the_definition_of_the_scale(
    outcome: str,
    values: dict[str, Any],
    expected: bool,  # noqa: FBT001 - a table's column
) -> None:
    """A response is a fall of half on scales of depression, a remission a low total too."""
    told = dict(values)
    if "change" in told:
        told["change"] = dict(zip(("scale", "before", "after"), told["change"], strict=True))
    found = read(Psychotherapy, psychotherapy="CBT", outcome=outcome, **told)
    assert expected is found.contradicted


def test_a_fall_that_is_a_rise_is_said_so() -> None:
    """No minus sign: words."""
    assert gained(Decimal("-27.77")) == "worsened by 27.8 percent"
    assert gained(Decimal(0)) == "improved by 0 percent"


def test_the_improvement_is_stated_or_worked_out() -> None:
    """What the record states comes first; without it the scores give it; else nobody knows."""
    change = {"scale": "MADRS", "before": 40, "after": 30}
    assert read(Psychotherapy, psychotherapy="CBT").improvement is None
    assert read(Psychotherapy, psychotherapy="CBT", change=change).improvement == Decimal(25)
    stated = read(Psychotherapy, psychotherapy="CBT", change=change, improvement_percent="0")
    assert stated.improvement == Decimal(0)


@pytest.mark.parametrize("value", ["-101", "100.1", "half", "NaN", "1e-999999"])
def test_an_improvement_is_a_percentage(value: str) -> None:
    """From 100 worse to 100 better."""
    found = wrong(Psychotherapy, psychotherapy="CBT", improvement_percent=value)
    assert [loc for loc, _ in found] == ["improvement_percent"]


def test_a_course_has_a_span_when_both_ends_are_known() -> None:
    """With one end alone its length is not known."""
    ends = {"from": "2024-11", "to": "2025-03"}
    span = read(Psychotherapy, psychotherapy="CBT", **ends).span
    assert (PartialDate(2024, 11), PartialDate(2025, 3)) == (span.start, span.end)
    for key in ends:
        assert read(Psychotherapy, psychotherapy="CBT", **{key: "2025"}).span is None


@pytest.mark.parametrize("page", ["0", "-1", "one", "1.5", ""])
def test_a_page_is_counted_from_one(page: str) -> None:
    """The first page of an exhibit is page 1."""
    assert [loc for loc, _ in wrong(Evidence, exhibit="notes", page=page)] == ["page"]
    assert read(Evidence, exhibit="notes", page="1").page == 1


def test_the_keys_of_a_treatment_are_those_of_the_file() -> None:
    """Not the names that the program uses inside."""
    assert {"tms", "ect", "from", "to", "sessions"} <= set(DeviceTreatment.written_keys())
    assert {"ketamine", "esketamine", "mg_per_session"} <= set(KetamineTreatment.written_keys())
    for kind in (DrugTreatment, Psychotherapy, DeviceTreatment, KetamineTreatment):
        assert not {"kind", "protocol", "route", "start", "end"} & set(kind.written_keys())


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ({}, "MADRS 37 to 35"),
        (
            {"before_on": "2025-01-27", "after_on": "2025-06"},
            "MADRS 37 on 01/27/2025 to 35 on 06/2025",
        ),
        ({"after_on": "2025-06-16"}, "MADRS 37 to 35 on 06/16/2025"),
    ],
)
def test_a_change_says_when_it_was_scored(days: dict[str, str], told: str) -> None:
    """As far as the record does: a reviewer compares both days."""
    change = Change.model_validate({"scale": "MADRS", "before": 37, "after": 35, **days})
    assert told == change.told
