"""Exhibits of a case: which pages of which file, and every problem at once."""

from __future__ import annotations

import gc
import hashlib
import os
import shutil
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import yaml
from cases import DAY, EMPTY, quick
from documents import exhibit, gathered, told
from pikepdf import Pdf

from priorauth import exhibits, intake, samples
from priorauth.exhibits import gather, survey, uses
from priorauth.exhibits.keeping import NoRoomError
from priorauth.problems import Place

if TYPE_CHECKING:
    from pathlib import Path

    from priorauth.case import Case

NOTES = samples.find("esketamine").folder / "notes.pdf"  # seven pages


def test_a_pdf_is_enclosed_whole(tmp_path: Path) -> None:
    """All its pages, in order, with its letter, its kind and the hash of its bytes."""
    (tmp_path / "notes.pdf").write_bytes(NOTES.read_bytes())
    found = gathered(tmp_path, exhibit("notes.pdf"))
    (one,) = found.enclosed
    assert found.problems == ()
    assert (one.letter, one.exhibit.id, one.pages, one.page_count) == (
        "A",
        "notes",
        (1, 2, 3, 4, 5, 6, 7),
        7,
    )
    assert len(one.pdf.pages) == 7
    assert one.sha256 == hashlib.sha256(NOTES.read_bytes()).hexdigest()


def test_only_the_pages_that_are_named_are_enclosed(tmp_path: Path) -> None:
    """`pages: 2,4-5` gives these three, and the text of no other."""
    (tmp_path / "notes.pdf").write_bytes(NOTES.read_bytes())
    (one,) = gathered(tmp_path, exhibit("notes.pdf", pages="2,4-5")).enclosed
    assert one.pages == (2, 4, 5)
    whole = Pdf.open(NOTES)
    for page, number in zip(one.pdf.pages, one.pages, strict=True):
        assert page.Contents.read_bytes() == whole.pages[number - 1].Contents.read_bytes()


@pytest.mark.parametrize("pages", ["8", "3-8", "1,20-22"])
def test_pages_outside_the_document_are_told_with_its_page_count(
    tmp_path: Path, pages: str
) -> None:
    """Nothing is enclosed of an exhibit whose `pages:` name one that is not there."""
    (tmp_path / "notes.pdf").write_bytes(NOTES.read_bytes())
    found = gathered(tmp_path, exhibit("notes.pdf", pages=pages))
    assert found.enclosed == ()
    assert told(found) == [
        (
            "case.yaml: error: exhibits.0.pages: `pages:` names a page that exhibit A (notes) "
            "does not have: it has 7 pages. "
            "Write the pages that are there, or leave `pages:` out for all."
        )
    ]


def test_the_problems_of_every_exhibit_are_told_at_once(tmp_path: Path) -> None:
    """One bad file hides neither another bad one nor the good ones between them."""
    (tmp_path / "notes.pdf").write_bytes(NOTES.read_bytes())
    (tmp_path / "empty.pdf").touch()
    names = ("missing.pdf", "notes.pdf", "empty.pdf")
    found = gathered(tmp_path, *map(exhibit, names))
    assert [one.letter for one in found.enclosed] == ["B"]
    assert told(found) == [
        (
            "case.yaml: error: exhibits.0.file: the file of exhibit A (missing) is not there. "
            "Put the file beside the case file, or remove the exhibit: "
            "only what is there is enclosed."
        ),
        (
            "case.yaml: error: exhibits.2.file: the file of exhibit C (empty) is empty (0 bytes). "
            "Save or scan the document again: the copy has failed."
        ),
    ]


def test_pages_are_counted_without_enclosing_them() -> None:
    """`page_count` answers for one file."""
    assert exhibits.page_count(NOTES) == 7


# --- where a file may be --------------------------------------------------------------------------

OUTSIDE = (
    "error: the file of exhibit A (notes) is outside the case's folder. "
    "Copy the file into the folder of the case file, and write its name alone."
)


def problem(folder: Path, name: str) -> str:
    """Return the one problem of an exhibit `notes` whose file has this name."""
    (found,) = told(gathered(folder, {**exhibit("notes"), "file": name}))
    return found.removeprefix("case.yaml: ").replace(" exhibits.0.file:", "")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a case's folder, with a document beside it that is none of the case."""
    (tmp_path / "outside").mkdir()
    shutil.copyfile(NOTES, tmp_path / "outside" / "notes.pdf")
    (tmp_path / "case").mkdir()
    return tmp_path / "case"


@pytest.mark.parametrize("name", ["../outside/notes.pdf", "sub/../../outside/notes.pdf", ".."])
def test_a_path_that_leaves_the_folder_is_refused(folder: Path, name: str) -> None:
    """Whether there is a file or not: the message does not tell."""
    (folder / "sub").mkdir()
    assert problem(folder, name) == OUTSIDE


def test_an_absolute_path_is_refused_unless_it_leads_into_the_folder(folder: Path) -> None:
    """A case holds what it encloses."""
    assert problem(folder, str(folder.parent / "outside" / "notes.pdf")) == OUTSIDE
    shutil.copyfile(NOTES, folder / "notes.pdf")
    assert told(gathered(folder, {**exhibit("notes"), "file": str(folder / "notes.pdf")})) == []


def test_a_link_that_leaves_the_folder_is_refused(folder: Path) -> None:
    """Of a file, of a folder, of a link to a link; a link within the folder is none."""
    outside = folder.parent / "outside"
    (folder / "file.pdf").symlink_to(outside / "notes.pdf")
    (folder / "linked").symlink_to(outside)
    (folder / "again.pdf").symlink_to(folder / "file.pdf")
    for name in ("file.pdf", "linked/notes.pdf", "again.pdf"):
        assert problem(folder, name) == OUTSIDE
    shutil.copyfile(NOTES, folder / "notes.pdf")
    (folder / "within.pdf").symlink_to(folder / "notes.pdf")
    assert told(gathered(folder, exhibit("within.pdf"))) == []


def test_a_case_in_a_linked_folder_is_read(folder: Path) -> None:
    """The folder itself may be reached by a link."""
    shutil.copyfile(NOTES, folder / "notes.pdf")
    (folder.parent / "link").symlink_to(folder)
    assert told(gathered(folder.parent / "link", exhibit("notes.pdf"))) == []


def test_a_folder_is_no_document(folder: Path) -> None:
    """It may be the folder of the scans."""
    (folder / "scans").mkdir()
    assert problem(folder, "scans") == (
        "error: exhibit A (notes) names a folder, not a file. Name the document inside it."
    )


def test_what_is_no_file_is_not_waited_for(folder: Path) -> None:
    """A pipe would never end."""
    os.mkfifo(folder / "pipe.pdf")
    assert problem(folder, "pipe.pdf") == (
        "error: exhibit A (notes) names something that is not a document. "
        "Name a PDF, a picture or a text file."
    )


@pytest.mark.parametrize("name", ["missing.pdf", "sub/missing.pdf", "dangling.pdf"])
def test_a_missing_file_is_told(folder: Path, name: str) -> None:
    """Also behind a link that leads nowhere."""
    (folder / "dangling.pdf").symlink_to(folder / "gone.pdf")
    assert problem(folder, name) == (
        "error: the file of exhibit A (notes) is not there. Put the file beside the case file, or "
        "remove the exhibit: only what is there is enclosed."
    )


@pytest.mark.parametrize(
    ("name", "reason"),
    [("é" * 200, " (File name too long)"), ("loop.pdf", None)],
)
def test_a_name_that_leads_nowhere_is_told(folder: Path, name: str, reason: str | None) -> None:
    """Too long for a file, or a circle of links."""
    (folder / "loop.pdf").symlink_to(folder / "loop.pdf")
    found = problem(folder, name)
    assert found.startswith("error: the file of exhibit A (notes) cannot be read")
    assert reason is None or reason in found
    assert found.endswith(". Check its name, and that you may open it.")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may open every file")
def test_a_file_that_may_not_be_opened_is_told(folder: Path) -> None:
    """The machine's own reason is given."""
    (folder / "notes.pdf").write_bytes(NOTES.read_bytes())
    (folder / "notes.pdf").chmod(0)
    assert problem(folder, "notes.pdf") == (
        "error: the file of exhibit A (notes) cannot be read (Permission denied). "
        "Check its name, and that you may open it."
    )


def test_a_file_larger_than_any_document_is_refused(folder: Path) -> None:
    """It is not read into memory to find that out."""
    with (folder / "notes.pdf").open("wb") as file:
        file.truncate(200_000_001)
    assert problem(folder, "notes.pdf") == (
        "error: the file of exhibit A (notes) is larger than 200 MB. "
        "Enclose only the pages that a reviewer needs, or scan at 200 dots per inch."
    )


def test_no_message_names_a_file(folder: Path) -> None:
    """A file's name can be the patient's: exhibits are named by letter and id."""
    for content in (b"", b"%PDF-1.4", b"GIF89a", b"\xff\xd8\xff", b"\0", NOTES.read_bytes()[:999]):
        (folder / "Dana Whitfield.pdf").write_bytes(content)
        found = gathered(folder, {**exhibit("notes"), "file": "Dana Whitfield.pdf"})
        assert len(told(found)) == 1
        assert "Whitfield" not in repr(found)
    assert "Whitfield" not in repr(gathered(folder, {**exhibit("notes"), "file": "Whitfield.pdf"}))


# --- evidence -------------------------------------------------------------------------------------

CASE = """\
diagnoses: [{code: F33.2, evidence: {exhibit: notes, page: 8}}]
episode:
  severity: severe
  evidence:
    - {exhibit: notes, page: 1}
    - exhibit: notes
      page: 5
treatments:
  - psychotherapy: CBT
    outcome: partial_response
    evidence:
      {exhibit: scales,
       page: 2}
scores: [{scale: PHQ-9, total: 22, on: 2026-11-10, evidence: {exhibit: scales, page: 1}}]
attestations:
  rems_site_certified: {answer: yes, by: Alex Moreno, on: 2026-11-12,
    evidence: {exhibit: notes, page: 7}}
exceptions:
  - {criterion: two_trials, reason: rare, by: Alex Moreno, on: 2026-11-12,
     evidence: [{exhibit: scales, page: 3}]}
exhibits:
  - {id: notes, title: Notes, kind: chart_notes, file: notes.pdf, pages: "1-3,7"}
  - {id: scales, title: Scales, kind: scales, file: scales.txt}
course: {started: 2026-08-18, evidence: {exhibit: scales, page: 4}}
answer:
  decision: denied
  on: 2026-10-26
  evidence: {exhibit: notes, page: 9}
  reasons:
    - text: TMS has not been tried.
      evidence: {exhibit: notes, page: 2}
      reply: {text: It is not safe., by: Alex Moreno, on: 2026-11-12,
        evidence: [{exhibit: scales, page: 5}]}
"""


def case_file(folder: Path) -> tuple[Case, Path]:
    """Return a case whose evidence is misplaced in every section, and its file."""
    shutil.copyfile(NOTES, folder / "notes.pdf")
    (folder / "scales.txt").write_text("PHQ-9: 22", "utf-8")
    path = folder / "case.yaml"
    path.write_text(CASE + yaml.safe_dump(EMPTY), "utf-8")
    read = intake.read(path, DAY)
    assert read.case is not None, read.problems
    return read.case, path


def test_evidence_on_a_page_that_is_not_enclosed_is_told_with_its_line(folder: Path) -> None:
    """In every section of a case; what is enclosed is not told."""
    case, path = case_file(folder)
    shown = "Write the page of the document on which it stands, counted from 1."
    left_out = (
        "which is not enclosed. Add the page to the exhibit's `pages:` (1-3,7), or cite another."
    )
    found = [str(one).removeprefix(f"{path}:") for one in gather(case, folder, str(path)).problems]
    assert found == [
        f"{line}: error: {field}: the evidence is page {what}"
        for line, field, what in (
            (1, "diagnoses.0.evidence.page", f"8, but exhibit A (notes) has 7 pages. {shown}"),
            (7, "episode.evidence.1.page", f"5 of exhibit A (notes), {left_out}"),
            (13, "treatments.0.evidence.page", f"2, but exhibit B (scales) has 1 page. {shown}"),
            (20, "exceptions.0.evidence.0.page", f"3, but exhibit B (scales) has 1 page. {shown}"),
            (24, "course.evidence.page", f"4, but exhibit B (scales) has 1 page. {shown}"),
            (28, "answer.evidence.page", f"9, but exhibit A (notes) has 7 pages. {shown}"),
            (
                33,
                "answer.reasons.0.reply.evidence.0.page",
                f"5, but exhibit B (scales) has 1 page. {shown}",
            ),
        )
    ]


def test_a_survey_tells_the_same_without_making_pages(folder: Path) -> None:
    """What `check` says before a packet is made is what the packet would say."""
    case, path = case_file(folder)
    assert survey(case, folder, str(path)) == gather(case, folder, str(path)).problems
    (folder / "scales.txt").unlink()
    told = survey(case, folder, str(path))
    assert [one.place.field for one in told] == [
        "exhibits.1.file",
        "diagnoses.0.evidence.page",
        "episode.evidence.1.page",
        "answer.evidence.page",
    ]


def test_what_is_cited_and_what_is_not_are_all_that_is_enclosed(folder: Path) -> None:
    """Pages that the case names are known at once, the others when the documents were opened."""
    case, _ = case_file(folder)
    notes, scales = uses(case)
    assert (notes.cited, notes.uncited) == ((1, 2, 5, 7, 8, 9), (3,))
    assert (scales.cited, scales.uncited) == ((1, 2, 3, 4, 5), None)
    notes, scales = uses(case, {"notes": (2, 3, 4), "scales": (1, 6)})
    assert (notes.letter, notes.uncited, scales.letter, scales.uncited) == ("A", (3, 4), "B", (6,))
    assert not notes.is_whole


def test_the_payers_own_decision_belongs_in_the_packet_whole() -> None:
    """Nobody is told to leave out a part of it, nor of a signed form."""
    kinds = ("denial", "consent", "label", "chart_notes")
    entries = [exhibit(f"{kind}.pdf", kind=kind) for kind in kinds]
    assert [use.is_whole for use in uses(quick(exhibits=entries))] == [True, True, True, False]


def test_without_the_case_file_problems_still_name_the_field(folder: Path) -> None:
    """A case can come from elsewhere than a file."""
    case, path = case_file(folder)
    path.unlink()
    for name in ("", str(path)):
        (first, *_) = survey(case, folder, name)
        assert first.place == Place(name, 0, "diagnoses.0.evidence.0.page")


def test_a_survey_of_pdfs_starts_quickly(folder: Path) -> None:
    """It brings in what reads PDFs, and nothing that makes pages."""
    case_file(folder)
    code = (
        "import sys; from datetime import date; from pathlib import Path; "
        "from priorauth import intake, exhibits; path = Path(sys.argv[1]); "
        "assert 'pikepdf' not in sys.modules; "
        "case = intake.read(path, date(2026, 11, 22)).case; "
        "exhibits.survey(case, path.parent, str(path)); "
        "print(sorted({'img2pdf', 'weasyprint', 'pikepdf'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code, str(folder / "case.yaml")]
    run = subprocess.run(command, capture_output=True, check=True, encoding="utf-8")
    assert run.stdout == "['pikepdf']\n"


# --- kept on disk ---------------------------------------------------------------------------------


def test_what_is_kept_on_disk_goes_with_the_exhibit(tmp_path: Path) -> None:
    """Readable by its owner alone while it is needed, and gone afterwards."""
    (tmp_path / "a.txt").write_text("one page\n", "utf-8")
    found = gathered(tmp_path, exhibit("a.txt"))
    path = found.enclosed[0].kept.path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    del found
    gc.collect()
    assert not path.exists()


def test_a_disk_without_room_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The message says where room is needed, and names no exhibit."""
    (tmp_path / "a.txt").write_text("one page\n", "utf-8")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(NoRoomError, match=r"cannot be kept in .*nowhere .*Make room there"):
        gathered(tmp_path, exhibit("a.txt"))
