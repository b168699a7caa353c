"""C-CDA, tables and workbooks, bulk exports: each ends in the same facts."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest
from conftest import CHARTS, DAY
from openpyxl import Workbook

from priorauth import importers
from priorauth.library import Library
from priorauth.problems import UnreadableError

if TYPE_CHECKING:
    from pathlib import Path

    from priorauth.importers import Imported
    from priorauth.importers.facts import Course


def gathered(*paths: Path, columns: Path | None = None) -> Imported:
    """Return what the files come to for Cigna."""
    wanted = importers.Wanted("cigna", columns=columns)
    return importers.gather(paths, Library.open(), DAY, wanted)


def told(course: Course) -> tuple[str, list[str]]:
    """Return a course's drug, and each dose as `100 from to`."""
    doses = (f"{d.amount} {d.start} {d.end}" for d in course.doses)
    return course.drug, list(doses)


# --- C-CDA ----------------------------------------------------------------------------------------


def test_a_ccd_gives_doses_by_instruction_and_by_supply() -> None:
    """Two capsules of 30 mg every 24 hours are 60 mg; 60 tablets of 15 mg in 30 days are 30 mg.

    The supply runs from 2 June to 1 July, which are 30 days, both counted.
    """
    found = gathered(CHARTS / "ccd.xml").facts
    assert [told(course) for course in found.courses] == [
        ("duloxetine", ["60 2025-02-03 2025-05-30"]),
        ("mirtazapine", ["None 2025-06 None"]),
        ("mirtazapine", ["30 2025-06-02 2025-07-01"]),
    ]
    assert [course.source and course.source.value for course in found.courses] == [
        "chart",
        "chart",
        "pharmacy",
    ]
    assert found.courses[0].purpose == "depression"
    assert found.courses[1].still_taken


def test_a_ccd_gives_patient_plan_score_and_sessions() -> None:
    """The head names the patient and the clinic, the sections the rest."""
    found = gathered(CHARTS / "ccd.xml").facts
    assert found.patient is not None
    assert (found.patient.given, found.patient.middle, found.patient.family) == (
        "Ines",
        "R.",
        "Calloway",
    )
    assert (found.coverage.certain, found.coverage.payer_name) == (True, "Cigna Healthcare")
    assert found.coverage.record is not None
    assert found.coverage.record.member_id == "U4471920301"
    assert [(s.scale, s.total, str(s.on)) for s in found.scores] == [("PHQ-9", 19, "2026-11-10")]
    assert [(s.kind, s.count, str(s.first), str(s.last)) for s in found.sessions] == [
        ("tms", 2, "2025-08-11", "2025-08-12")
    ]
    assert [clinic.npi for clinic in found.clinics] == ["1306849450"]


def test_snomed_is_mapped_only_where_the_name_says_it_all() -> None:
    """Severe, recurrent, without psychosis is F33.2; a depressive disorder may be anything."""
    found = gathered(CHARTS / "ccd.xml").facts
    assert [(d.code, bool(d.question)) for d in found.diagnoses] == [("F33.2", False), ("", True)]


def test_an_embedded_pdf_becomes_an_exhibit() -> None:
    """The scanned note of another clinic travels inside the document."""
    (note,) = gathered(CHARTS / "scan.xml").facts.notes
    assert (note.title, note.file, note.content[:8], note.can_enclose) == (
        "Outside evaluation note",
        "note-1.pdf",
        b"%PDF-1.4",
        True,
    )


def test_documents_and_bundle_of_one_person_are_one_patient() -> None:
    """Name and birth date agree: no second patient."""
    paths = (CHARTS / "ccd.xml", CHARTS / "scan.xml", CHARTS / "bundle.json")
    assert gathered(*paths).facts.patient is not None


def test_a_section_alone_is_read_and_its_patient_asked(inputs: Path) -> None:
    """A fragment of the real PHQ-9 example: 0+1+2+0+1+3+2+3+0 = 12, as its total says."""
    found = gathered(inputs / "ccda" / "phq-9.xml").facts
    assert [(s.scale, s.total, str(s.on)) for s in found.scores] == [("PHQ-9", 12, "2015-06-22")]
    assert found.doubts == (
        "No file describes the patient: are these the records of the right one?",
    )


@pytest.mark.parametrize("name", ["ccd.xml", "progress-note.xml", "payers-section.xml"])
def test_real_documents_without_depression_give_no_treatment(name: str, inputs: Path) -> None:
    """Nothing is made of drugs for other illnesses, or of a section of dots."""
    found = gathered(inputs / "ccda" / name).facts
    assert (found.courses, found.scores, found.coverage.record) == ((), (), None)


# --- tables ---------------------------------------------------------------------------------------


def test_claims_are_doses_and_a_reversed_claim_is_none() -> None:
    """The fill of February was paid and then reversed: it was never taken home."""
    found = gathered(CHARTS / "claims.csv")
    assert [told(course) for course in found.facts.courses] == [
        ("sertraline", ["100 2026-01-05 2026-02-03"]),
        ("aripiprazole", ["5 2026-06-02 2026-07-01"]),
    ]
    assert {course.source and course.source.value for course in found.facts.courses} == {"claims"}
    assert [one.near for one in found.facts.unsure] == [("sertraline",)]
    assert found.facts.other_drugs == ("METOPROLOL TARTRATE TAB 25MG",)


def test_a_history_keeps_the_words_of_the_record() -> None:
    """Outcomes in our terms are taken; reasons are verbatim; the source is asked, not assumed."""
    lexapro, bupropion = gathered(CHARTS / "history.csv").facts.courses
    assert told(lexapro) == ("escitalopram", ["20 2024-03 2024-06"])
    assert told(bupropion) == ("bupropion xl", ["300 2024-06-15 2024-11-30"])
    assert (lexapro.outcome, lexapro.stopped_because) == ("no_response", "No change in mood")
    assert (bupropion.outcome, bupropion.purpose) == ("partial_response", "depression")
    assert (lexapro.source, bupropion.source) == (None, None)


def test_scores_of_a_table_with_semicolons() -> None:
    """Spreadsheets of other countries write them; who rated is kept."""
    found = gathered(CHARTS / "scores.csv").facts.scores
    assert {(s.scale, s.total, str(s.on), s.rater) for s in found} == {
        ("PHQ-9", 23, "2025-12-02", "patient"),
        ("MADRS", 36, "2025-12-02", "Ruth Okafor"),
        ("GAD-7", 15, "2025-12-02", "patient"),
    }


def test_a_workbook_is_read_sheet_by_sheet(tmp_path: Path) -> None:
    """Dates are dates and numbers numbers; a sheet of another kind is counted as left."""
    book = Workbook()
    fills = book.active
    assert fills is not None
    fills.title = "Fills"
    fills.append(["Medication", "Date Filled", "QTY", "DAYS_SUPPLY"])
    fills.append(["Zoloft 100 mg tablet", date(2026, 1, 5), 30.0, 30])
    scores = book.create_sheet("Scores")
    scores.append(["Scale", "Score", "Date"])
    scores.append(["MADRS", 31, date(2026, 2, 9)])
    book.create_sheet("Contacts").append(["Name", "Street"])
    book.save(tmp_path / "chart")
    found = gathered(tmp_path / "chart")
    assert [told(course) for course in found.facts.courses] == [
        ("sertraline", ["100 2026-01-05 2026-02-03"])
    ]
    assert [(s.scale, s.total, str(s.on)) for s in found.facts.scores] == [
        ("MADRS", 31, "2026-02-09")
    ]
    assert [(left.what, left.why) for left in found.records.left] == [
        ("sheet", "its first row holds no column names that are known here")
    ]


def test_a_map_file_names_the_columns(tmp_path: Path) -> None:
    """A pharmacy's own headings, one on a line; a name of ours that there is not is told."""
    (tmp_path / "fills.csv").write_text("RX,D,N,S\nsertraline 100 mg tab,2026-01-05,30,30\n")
    (tmp_path / "map.yaml").write_text("drug: RX\nfilled: D\nquantity: N\ndays: S\n")
    found = gathered(tmp_path / "fills.csv", columns=tmp_path / "map.yaml")
    assert len(found.facts.courses) == 1
    (tmp_path / "map.yaml").write_text("medicine: RX\n")
    with pytest.raises(UnreadableError, match=r"map.yaml:1: error: a name here is no column"):
        gathered(tmp_path / "fills.csv", columns=tmp_path / "map.yaml")


def test_an_encoding_of_windows_is_told_with_its_line(tmp_path: Path) -> None:
    """No guess at what the letter was."""
    (tmp_path / "fills.csv").write_bytes(b"drug,filled\nna\xefve,2026-01-05\n")
    with pytest.raises(UnreadableError) as refused:
        gathered(tmp_path / "fills.csv")
    assert str(refused.value) == (
        f"{tmp_path / 'fills.csv'}:2: error: the file is not UTF-8 text. Save it again with the "
        'encoding "UTF-8"; Excel calls it "CSV UTF-8".'
    )


# --- FHIR in its other shapes ---------------------------------------------------------------------


def resources() -> list[dict[str, object]]:
    """Return the resources of the bundle."""
    bundle = json.loads((CHARTS / "bundle.json").read_text("utf-8"))
    return [entry["resource"] for entry in bundle["entry"]]


def test_bundle_folder_and_bulk_export_come_to_the_same(tmp_path: Path) -> None:
    """A file a resource, or a line a resource: the facts are those of the bundle."""
    folder = tmp_path / "folder"
    folder.mkdir()
    for number, one in enumerate(resources()):
        (folder / f"{number:02}").write_text(json.dumps(one, indent=2))
    lines = tmp_path / "export.ndjson"
    lines.write_text("".join(json.dumps(one) + "\n" for one in resources()))
    whole = gathered(CHARTS / "bundle.json").facts
    for other in (gathered(folder).facts, gathered(lines).facts):
        assert [told(c) for c in other.courses] == [told(c) for c in whole.courses]
        assert [s.total for s in other.scores] == [s.total for s in whole.scores]
        assert [d.code for d in other.diagnoses] == [d.code for d in whole.diagnoses]
        assert [note.content for note in other.notes] == [note.content for note in whole.notes]
        assert other.coverage.certain


def test_an_order_whose_fills_are_there_gives_its_reason_to_them() -> None:
    """The order says what for; the fills say when and how much. The name of now is taken."""
    found = gathered(CHARTS / "bundle.json").facts
    assert [(told(c), c.purpose, c.stopped_because) for c in found.courses] == [
        (
            ("sertraline", ["100 2026-01-05 2026-03-10"]),
            "depression",
            "No benefit after nine weeks",
        ),
        (
            (
                "venlafaxine er",
                ["150 2026-03-12 2026-04-10", "150 2026-04-11 2026-07-09"],
            ),
            "depression",
            "",
        ),
    ]
    assert found.patient is not None
    assert found.patient.family == "Calloway"
