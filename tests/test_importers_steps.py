"""The steps from records to facts: names, doses, scores, each by itself."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from conftest import DAY
from hypothesis import given
from hypothesis import strategies as st

from priorauth.dates import PartialDate
from priorauth.importers import courses, doses, instructions, names, scores
from priorauth.importers.records import (
    Coding,
    Concept,
    Dosage,
    DrugKind,
    DrugRecord,
    Origin,
    Records,
    ScoreRecord,
    System,
)
from priorauth.reference import icd10cm, products, scales, snomed

HERE = Origin("chart", "row 1")
FIRST = PartialDate(2026, 1, 5)

# --- names ----------------------------------------------------------------------------------------

WRITTEN = [
    ("sertraline 50 MG Oral Tablet", "sertraline", "50"),
    ("Sertraline HCl 100 mg tab", "sertraline", "100"),
    ("ZOLOFT 25MG TABLET", "sertraline", "25"),
    ("Sertraline 100 MG Oral Tablet [Zoloft]", "sertraline", "100"),
    ("24 HR venlafaxine 75 MG Extended Release Capsule [Effexor]", "venlafaxine er", "75"),
    ("Effexor XR 37.5 mg cap", "venlafaxine er", "37.5"),
    ("12 HR bupropion hydrochloride 150 MG Extended Release Oral Tablet", "bupropion sr", "150"),
    ("Wellbutrin XL 300mg", "bupropion xl", "300"),
    ("fluoxetine 90 MG Delayed Release Oral Capsule", "fluoxetine weekly", "90"),
    ("fluoxetine 25 MG / olanzapine 6 MG Oral Capsule", "olanzapine-fluoxetine", "6"),
    ("24 HR selegiline 0.25 MG/HR Transdermal System", "selegiline transdermal", "6"),
    ("liothyronine sodium 25 mcg tab", "liothyronine", "0.025"),
    ("Lithium Carbonate 300 MG Oral Capsule", "lithium", "300"),
    ("mirtazapine 15 MG Disintegrating Oral Tablet", "mirtazapine", "15"),
]


@pytest.mark.parametrize(("written", "name", "mg"), WRITTEN)
def test_a_drug_as_written_is_its_agent_form_and_strength(written: str, name: str, mg: str) -> None:
    """Brand, generic, salt, release, form and strength, in the words of charts and claims."""
    found = names.understand(Concept(text=written))
    assert found.product is not None
    assert (found.name, found.strength and found.strength.mg) == (name, Decimal(mg))


@pytest.mark.parametrize(
    "written",
    [
        "tamoxifen 10 MG Oral Tablet",
        "Clomiphene 50 mg",
        "Celebrex 200 mg",
        "Metformin 1000 MG / sitagliptin 50 MG Oral Tablet [Janumet 50/1000]",
        "buprenorphine 8 mg",
    ],
)
def test_another_drug_is_neither_taken_nor_asked(written: str) -> None:
    """Names that merely begin alike do not trouble anybody."""
    assert names.understand(Concept(text=written)) == names.Named()


@pytest.mark.parametrize(
    ("written", "near"),
    [
        ("Sertralin 50mg", ("sertraline",)),
        ("duloxetene 60 mg cap", ("duloxetine",)),
        ("amitriptyline 25 MG / perphenazine 2 MG Oral Tablet", ("amitriptyline",)),
        ("fluoxetine hcl 20 mg greenstone", ("fluoxetine",)),
    ],
)
def test_a_name_that_is_not_exact_is_asked_and_never_taken(
    written: str, near: tuple[str, ...]
) -> None:
    """A letter less is a question; so is a combination that is no drug of its own here."""
    found = names.understand(Concept(text=written))
    assert (found.product, found.near) == (None, near)
    assert found.why == "the name is not exactly one that is known here"


def test_code_and_name_that_contradict_each_other_are_asked() -> None:
    """RxNorm 312941 is sertraline, whatever the text says."""
    coded = Coding(System.RXNORM, "312941")
    found = names.understand(Concept((coded,), "fluoxetine 20 MG Oral Capsule"))
    assert found.product is None
    assert found.near == ("fluoxetine", "sertraline")
    assert found.why == "the record's code and its name are two different drugs"


def test_a_code_beside_the_name_of_a_drug_that_is_not_known_is_asked() -> None:
    """Lisinopril under the code of sertraline: which of both was given, nobody can tell here."""
    found = names.understand(
        Concept((Coding(System.RXNORM, "312941", "Lisinopril 10 MG Oral Tablet"),))
    )
    assert (found.product, found.near) == (None, ("sertraline",))
    slip = names.understand(Concept((Coding(System.RXNORM, "312941"),), "Sertralin 50 mg"))
    assert slip.product is not None


def test_an_ingredient_code_leaves_the_form_to_the_words() -> None:
    """39786 is venlafaxine of any form."""
    code = Coding(System.RXNORM, "39786")
    assert names.understand(Concept((code,))).name == "venlafaxine"
    assert names.understand(Concept((code,), "venlafaxine XR 75 mg")).name == "venlafaxine er"


@pytest.mark.parametrize(
    ("code", "mg"),
    [
        ("0777-3105-02", 20),
        ("00777-3105-02", 20),
        ("00777310502", 20),
        ("0777-3105-30", 20),
        ("0049-4910-66", 100),
    ],
)
def test_a_package_is_its_drug_and_strength_in_every_form_of_its_code(code: str, mg: int) -> None:
    """Ten digits with dashes and eleven with or without; the size of the package is no matter."""
    found = names.understand(Concept((Coding(System.NDC, code),)))
    assert found.product is not None
    assert found.strength == names.Strength(Decimal(mg), "")


@pytest.mark.parametrize("code", ["0777310502", "777310502", "50000-111-22", "no code"])
def test_a_package_that_is_not_certain_is_asked_with_its_code(code: str) -> None:
    """Ten digits without dashes could be three products: the person who looks it up decides."""
    found = names.understand(Concept((Coding(System.NDC, code),)))
    assert found == names.Named(
        why="the record gives a code without a name", codes=(f"NDC {code}",)
    )


def test_two_codes_without_a_name_are_two_questions() -> None:
    """Each names its own code and its own records."""
    fills = [
        drug(drug=Concept((Coding(System.NDC, code),)), origin=Origin("c", code))
        for code in ("50000-111-22", "50000-111-22", "50000-333-44")
    ]
    _, asked, _ = courses.of(fills, Records(), DAY)
    assert [(one.written[-12:], len(one.origins)) for one in asked] == [
        ("50000-111-22", 2),
        ("50000-333-44", 1),
    ]


@pytest.mark.parametrize("code", sorted(products.table().rxnorm))
def test_every_code_of_the_table_is_one_drug_with_a_strength(code: str) -> None:
    """A record with nothing but such a code is understood."""
    found = names.understand(Concept((Coding(System.RXNORM, code),)))
    assert found.product is not None
    assert found.strength is not None


def test_every_mapped_concept_has_a_billable_code() -> None:
    """The map of SNOMED CT leads to codes that the code set has."""
    for mapped in snomed.table().icd10cm.values():
        known = icd10cm.find(mapped.code)
        assert known is not None
        assert known.billable


# --- instructions ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "amount", "times"),
    [
        ("1 daily", 1, 1),
        ("2 tid", 2, 3),
        ("Take 1 tablet by mouth twice daily", 1, 2),
        ("take one capsule by mouth every morning", 1, 1),
        ("50 mg at bedtime", 50, 1),
        ("150 mg/day", 150, 1),
        ("1 tab po qhs", 1, 1),
    ],
)
def test_an_instruction_is_understood(text: str, amount: int, times: int) -> None:
    """The plain sentences of labels and charts."""
    found = instructions.understand(text)
    assert found is not None
    assert (found.amount, found.times) == (Decimal(amount), Decimal(times))


@pytest.mark.parametrize(
    "text",
    [
        "1 tid x7 days",
        "1-2 tablets daily",
        "1 daily, then 2 daily after a week",
        "1 daily as needed",
        "as directed",
        "apply bid to face",
        "100 mg",
    ],
)
def test_an_instruction_with_a_word_more_is_none(text: str) -> None:
    """What is not understood whole is not understood."""
    assert instructions.understand(text) is None


# --- doses ----------------------------------------------------------------------------------------


def drug(**changes: object) -> DrugRecord:
    """Return a fill of 60 tablets of sertraline 50 mg for 30 days, with changes."""
    whole: dict[str, object] = {
        "origin": HERE,
        "patient": "",
        "kind": DrugKind.FILL,
        "drug": Concept(text="sertraline 50 MG Oral Tablet"),
        "start": FIRST,
        "quantity": Decimal(60),
        "days": Decimal(30),
        **changes,
    }
    return DrugRecord(**whole)  # type: ignore[arg-type]


def dose(record: DrugRecord) -> tuple[str, str, str]:
    """Return the amount with its unit, the last day and the question of a record's dose."""
    found = doses.of(record, names.understand(record.drug), DAY)
    return f"{found.amount} {found.unit.value}", str(found.end), found.question


TWICE = Dosage(Decimal(1), "tablet", Decimal(2))
DOSES = [
    (drug(), "100 mg/day", "2026-02-03", ""),
    (drug(quantity=Decimal(45)), "75 mg/day", "2026-02-03", ""),
    (
        drug(quantity=Decimal(50)),
        "None mg/day",
        "2026-02-03",
        "50 of 50 mg in 30 days is no even dose: how much a day was it?",
    ),
    (drug(quantity=Decimal(50), dosage=TWICE), "100 mg/day", "2026-02-03", ""),
    (
        drug(dosage=Dosage(Decimal(3), "tablet", Decimal(1))),
        "100 mg/day",
        "2026-02-03",
        "The instruction comes to 150 mg a day: which is right?",
    ),
    (
        drug(days=None, dosage=TWICE),
        "100 mg/day",
        "None",
        "For how many days was this fill? Write the last day after `to:`.",
    ),
    (
        drug(drug=Concept(text="sertraline")),
        "None mg/day",
        "2026-02-03",
        "The record gives no strength: how much a day was it?",
    ),
    (
        drug(dosage=Dosage(Decimal(1), "tablet", Decimal(2), as_needed=True), quantity=None),
        "None mg/day",
        "2026-02-03",
        "It was taken as needed: how much a day, if it was regular?",
    ),
    (
        drug(start=PartialDate(2026, 11, 10)),
        "100 mg/day",
        "None",
        "This fill reaches until 2026-12-09: is it still taken? Then add `ongoing: yes`.",
    ),
    (
        drug(drug=Concept(text="fluoxetine 90 MG Delayed Release Oral Capsule"),
             quantity=Decimal(4), days=Decimal(28)),
        "90 mg/week", "2026-02-01", "",
    ),
    (
        drug(drug=Concept(text="liothyronine 25 mcg tablet"), quantity=Decimal(30)),
        "25 mcg/day", "2026-02-03", "",
    ),
    (
        drug(drug=Concept(text="sertraline 20 MG/ML Oral Solution"), unit="mL",
             quantity=Decimal(75)),
        "50 mg/day", "2026-02-03", "",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("record", "amount", "end", "question"), DOSES)
def test_a_fill_is_a_dose_or_a_question(
    record: DrugRecord, amount: str, end: str, question: str
) -> None:
    """Strength times quantity by days' supply, else the instruction, else it is asked."""
    assert dose(record) == (amount, end, question)


@given(
    tablets=st.integers(1, 8),
    mg=st.sampled_from([12, 25, 50, 100]),
    days=st.integers(1, 120),
    start=st.dates(date(2010, 1, 1), date(2026, 6, 1)),
)
def test_whole_tablets_a_day_give_that_dose_for_those_days(
    tablets: int, mg: int, days: int, start: date
) -> None:
    """For every strength, count and length: as many mg a day, as many days, the first counted."""
    record = drug(
        drug=Concept(text=f"sertraline {mg} MG Oral Tablet"),
        start=PartialDate.of(start),
        quantity=Decimal(tablets * days),
        days=Decimal(days),
    )
    found = doses.of(record, names.understand(record.drug), DAY)
    assert found.amount == tablets * mg
    assert found.end is not None
    assert (found.end.first - start).days + 1 == days


# --- courses --------------------------------------------------------------------------------------


def grouped(*starts: date) -> list[int]:
    """Return how many fills of 30 days each course has."""
    fills = [drug(start=PartialDate.of(day), origin=Origin("c", str(day))) for day in starts]
    found, _, _ = courses.of(fills, Records(), DAY)
    return [len(course.doses) for course in found]


def test_a_gap_of_105_days_begins_a_new_course() -> None:
    """After the last day of supply: 104 days without keep the course, 105 end it."""
    first = date(2025, 1, 1)
    last = first + timedelta(days=29)
    assert grouped(first, last + timedelta(days=105)) == [2]
    assert grouped(first, last + timedelta(days=106)) == [1, 1]


def test_the_same_fill_in_two_exports_is_one_dose_with_both_records() -> None:
    """A claim and its copy in another file: one line, both named."""
    copies = [drug(origin=Origin("a", "row 1")), drug(origin=Origin("b", "row 7"))]
    found, _, _ = courses.of(copies, Records(), DAY)
    (only,) = found[0].doses
    assert only.origins == (Origin("a", "row 1"), Origin("b", "row 7"))


# --- scores ---------------------------------------------------------------------------------------

PHQ9 = scales.find("PHQ-9")
assert PHQ9 is not None
assert PHQ9.loinc_items is not None
ITEMS = PHQ9.loinc_items.codes


def seen(code: str, value: int | None, answer: str = "") -> ScoreRecord:
    """Return an observation of one day."""
    return ScoreRecord(
        Origin("chart", f"Observation/{code}"),
        "",
        Concept((Coding(System.LOINC, code),)),
        FIRST,
        None if value is None else Decimal(value),
        Coding(System.LOINC, answer) if answer else None,
    )


def scored(*records: ScoreRecord) -> list[tuple[int | None, str]]:
    """Return total and question of each score."""
    return [(s.total, s.question) for s in scores.of(records, Records(), DAY)]


def test_items_are_added_up_only_when_all_are_there() -> None:
    """Nine answers make a total; eight are a question, never a smaller total."""
    items = [seen(code, 2) for code in ITEMS]
    assert scored(*items) == [(18, "")]
    missing = "No total is stated, and not every item is there: what was the total?"
    assert scored(*items[:-1]) == [(None, missing)]


def test_coded_answers_have_their_points() -> None:
    """LA6571-9 is nearly every day: three points."""
    assert scored(*(seen(code, None, "LA6571-9") for code in ITEMS)) == [(27, "")]


def test_a_total_and_items_that_disagree_are_asked() -> None:
    """Neither is believed."""
    items = [seen(code, 2) for code in ITEMS]
    assert scored(seen("44261-6", 17), *items) == [
        (None, "The records of this day come to 17 and 18: which is right?")
    ]


def test_the_value_of_a_panel_alone_is_no_total() -> None:
    """Public code often writes something else there."""
    missing = "No total is stated, and not every item is there: what was the total?"
    assert scored(seen("44249-1", 12)) == [(None, missing)]


def test_a_total_outside_the_scale_is_asked() -> None:
    """A PHQ-9 ends at 27."""
    assert scored(seen("44261-6", 31)) == [
        (None, "31 is outside the scale: compare it with the form.")
    ]
