"""Real charts: the spans that the program finds are those that a person reads in the records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conftest import DAY

from priorauth import importers, intake
from priorauth.importers import draft
from priorauth.library import Library
from priorauth.reference import services

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Done

    from priorauth.importers import Imported

    Run = Callable[..., Done]
    Spans = list[tuple[str, list[tuple[str, str, str | None]]]]


def gathered(*paths: Path) -> Imported:
    """Return what the files come to for Cigna."""
    return importers.gather(paths, Library.open(), DAY, importers.Wanted("cigna"))


def spans(found: Imported) -> Spans:
    """Return each course with its doses: the amount, the first and the last day."""
    return [
        (
            course.drug,
            [
                (f"{d.amount} {d.unit.value}", str(d.start), str(d.end) if d.end else None)
                for d in course.doses
            ],
        )
        for course in found.facts.courses
    ]


def test_a_switch_from_extended_to_immediate_release(inputs: Path) -> None:
    """Patient 1577780 has three fills of venlafaxine, which overlap.

    MedicationDispense 633, 2012-11-10: 90 capsules of 75 mg, extended release, for 90 days. That
    is 90 x 75 / 90 = 75 mg a day. The 1st day is 10 November; November has 21 days of it, with
    December 52, with January 83, so that the 90th is 7 February 2013.
    MedicationDispense 647, 2013-01-04: 60 tablets of 75 mg for 30 days: 150 mg a day; January has
    28 days of it, so that the 30th is 2 February.
    MedicationDispense 648, 2013-01-10: 180 tablets of 75 mg for 90 days: 150 mg a day; 22 days in
    January, with February 50, with March 81, so that the 90th is 9 April.
    The fills overlap, and nothing in the chart says which was taken when: each stays as it is.
    The orders date from 2009-05-18 and 2009-07-12 without an end; no fill shows that they were
    followed before, so that they are a question and no dose.
    """
    found = gathered(*sorted((inputs / "fhir-stu3").glob("patient-1577780*")))
    assert spans(found) == [
        ("venlafaxine er", [("75 mg/day", "2012-11-10", "2013-02-07")]),
        (
            "venlafaxine ir",
            [
                ("150 mg/day", "2013-01-04", "2013-02-02"),
                ("150 mg/day", "2013-01-10", "2013-04-09"),
            ],
        ),
    ]
    assert {course.agent for course in found.facts.courses} == {"venlafaxine"}
    assert found.facts.courses[1].questions[1] == (
        "Two fills of venlafaxine ir cover the same days: that of 2013-01-04 to 2013-02-02 and "
        "that of 2013-01-10 to 2013-04-09 (24 days). Was the later one an early refill, or were "
        "both taken each day? For a refill, end the earlier line the day before the later one "
        "begins; for both, write one line with the sum."
    )
    assert [course.questions[-1] for course in found.facts.courses] == [
        f"{other} overlaps with {one}: was it changed for the other, or were both taken? When it "
        "was changed, end the earlier line the day before the later one begins."
        for one, other in (
            (
                "venlafaxine er (2012-11-10 to 2013-02-07)",
                "venlafaxine ir (2013-01-04 to 2013-04-09)",
            ),
            (
                "venlafaxine ir (2013-01-04 to 2013-04-09)",
                "venlafaxine er (2012-11-10 to 2013-02-07)",
            ),
        )
    ]
    assert [course.questions[0][:34] for course in found.facts.courses] == [
        "It was ordered from 2009-05-18 on ",
        "It was ordered from 2009-07-12 on ",
    ]


def test_fills_with_gaps_in_two_years(inputs: Path) -> None:
    """Patient 2169591 has ten fills of sertraline 100 mg, 30 tablets for 30 days each.

    Each is 100 mg a day for 30 days, the first day counted: from 19 April that is to 18 May (12
    days in April, 18 in May), and so on. Between the fills of 2007 lie 22, 39, 4 and 71 days
    without supply, between those of 2012 lie 11, 12, 12 and 12: the gaps stay gaps. From
    2008-01-29 to 2012-03-28 are four years: two courses. The first is the brand (Zoloft), the
    second the generic; both are sertraline.
    """
    found = gathered(*sorted((inputs / "fhir-stu3").glob("patient-2169591*")))
    same = "100 mg/day"
    assert spans(found) == [
        (
            "sertraline",
            [
                (same, "2007-04-19", "2007-05-18"),
                (same, "2007-06-10", "2007-07-09"),
                (same, "2007-08-18", "2007-09-16"),
                (same, "2007-09-21", "2007-10-20"),
                (same, "2007-12-31", "2008-01-29"),
            ],
        ),
        (
            "sertraline",
            [
                (same, "2012-03-28", "2012-04-26"),
                (same, "2012-05-08", "2012-06-06"),
                (same, "2012-06-19", "2012-07-18"),
                (same, "2012-07-31", "2012-08-29"),
                (same, "2012-09-11", "2012-10-10"),
            ],
        ),
    ]
    gaps = [
        [q for q in course.questions if q.startswith("No fill")] for course in found.facts.courses
    ]
    assert gaps == [
        [
            (
                "No fill covers 2007-05-19 to 2007-06-09 (22 days), "
                "2007-07-10 to 2007-08-17 (39 days),"
                " 2007-09-17 to 2007-09-20 (4 days) and 2007-10-21 to 2007-12-30 (71 days): "
                "was it taken then? If it was, write a later day after `to:` in the line before."
            )
        ],
        [
            (
                "No fill covers 2012-04-27 to 2012-05-07 (11 days), "
                "2012-06-07 to 2012-06-18 (12 days),"
                " 2012-07-19 to 2012-07-30 (12 days) and 2012-08-30 to 2012-09-10 (12 days): "
                "was it taken then? If it was, write a later day after `to:` in the line before."
            )
        ],
    ]


def test_what_for_is_asked_and_never_taken_for_granted(inputs: Path) -> None:
    """The records give no reason: this patient takes tamoxifen, and venlafaxine can be for that."""
    found = gathered(*sorted((inputs / "fhir-stu3").glob("patient-1577780*")))
    assert [(course.purpose, course.outcome) for course in found.facts.courses] == [("", "")] * 2
    service = services.find("esketamine")
    assert service is not None
    text = draft.text(draft.draft(found, service, "cigna", DAY))
    assert text.count("    purpose:\n") == 2


def test_notes_become_exhibits(inputs: Path, run: Run, tmp_path: Path) -> None:
    """Three notes stand as Binary: each is a file of its owner's, listed as an exhibit."""
    paths = sorted((inputs / "fhir-stu3").glob("patient-2169591*"))
    done = run("import", *paths, "--service", "esketamine", "--payer", "cigna", "--on", DAY)
    assert (done.code, done.err) == (0, "")
    notes = sorted(tmp_path.glob("note-*"))
    assert [note.name for note in notes] == ["note-1.txt", "note-2.txt", "note-3.txt"]
    assert {note.stat().st_mode & 0o777 for note in notes} == {0o600}
    assert [note.stat().st_size for note in notes] == [1157, 1408, 1211]
    problems = intake.read(tmp_path / "case.yaml", DAY).problems
    assert not [p for p in problems if p.place.field.startswith("exhibits")]


def test_the_screen_shows_nothing_of_the_patient(inputs: Path, run: Run) -> None:
    """Counts and lines of the case file: no name, no date, no drug."""
    paths = sorted((inputs / "fhir-stu3").glob("patient-1577780*"))
    done = run("import", *paths, "--service", "esketamine", "--payer", "cigna", "--on", DAY)
    for word in ("Allen", "Carol", "1967", "venlafaxine", "Sapulpa", "tamoxifen", "smart-1577780"):
        assert word.casefold() not in (done.out + done.err).casefold()
    assert "  treatments  2, with 3 doses\n" in done.out


def test_the_panel_its_total_and_its_items_are_one_score(inputs: Path) -> None:
    """The US Core example has a panel, a total, an item and a questionnaire of one day: PHQ-9 12.

    The total says 12; the answers of the questionnaire are 2+2+2+2+1+1+2+0+0 = 12.
    """
    found = gathered(inputs / "fhir-r4")
    assert [(s.scale, s.total, str(s.on)) for s in found.facts.scores] == [
        ("PHQ-9", 12, "2022-11-29")
    ]


def test_a_questionnaire_alone_is_added_up(inputs: Path) -> None:
    """Without the stated total the nine answers make it; the tenth question has no points."""
    name = "QuestionnaireResponse-phq-9-example.json"
    found = gathered(inputs / "fhir-r4" / name)
    assert [(s.scale, s.total, s.how) for s in found.facts.scores] == [("PHQ-9", 12, "")]


def test_a_plan_of_another_name_is_a_question(inputs: Path, run: Run, tmp_path: Path) -> None:
    """The record's plan is of Acme Health Plan: Cigna's member number it is not, for certain."""
    done = run("import", inputs / "fhir-r4", "--service", "esketamine", "--payer", "cigna")
    assert done.code == 0
    text = (tmp_path / "case.yaml").read_text("utf-8")
    assert '  member_id: ""  ' in text
    assert '  # member_id: "88800933501"\n' in text
    assert "The record names another payer: is it the payer above?" in text
    assert ": Acme Health Plan\n" in text
    assert "# #" not in text
