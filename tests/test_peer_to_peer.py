"""The prescriber's sheet: one page, internal, says no more than the findings, cites the packet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from conftest import DAY, NAMES, case_of, pages_of, raw_case

from priorauth import pipeline, preview, samples
from priorauth.criteria import weigh_case
from priorauth.letter import Numbering, compose
from priorauth.letter.cites import Part
from priorauth.letter.sheet import left_out, sheets
from priorauth.render import render

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Done

    from priorauth.letter import Letter
    from priorauth.letter.contract import Sheet
    from priorauth.library import Library
    from priorauth.packet import Packet
    from priorauth.pdf import Printer

    Run = Callable[..., Done]
    Sample = Callable[[str], Path]

ON = ("--on", str(DAY))
LEGEND = ("12", "A", "3")
CITED = re.compile(r"p\. (\d+) \(([A-Z]+)-(\d+)\)")


@pytest.fixture
def sheet_of(library: Library) -> Callable[[str], Sheet]:
    """Return a function that gives what a sample's sheet says when there is room for all."""

    def content(name: str) -> Sheet:
        letter = preview.letter(preview.sample(name, "", DAY), library, DAY, "peer_to_peer")
        assert letter.sheet is not None
        return letter.sheet

    return content


def bare(raw: Any, library: Library) -> list[Letter]:  # noqa: ANN401 - a case file's values
    """Return the sheets of a case without exhibits, the fullest first."""
    verdict = weigh_case(case_of(raw), library, DAY)
    numbering = Numbering((Part("Letter", 1, 4, "letter"),))
    return list(sheets(verdict, compose(verdict, numbering=numbering), numbering))


def without_exhibits(name: str) -> Any:  # noqa: ANN401 - a case file's values
    """Return a sample's values without exhibits and all that cites them."""

    def bared(value: Any) -> Any:  # noqa: ANN401 - any part of a case file
        if isinstance(value, dict):
            gone = ("evidence", "exhibits")
            return {key: bared(item) for key, item in value.items() if key not in gone}
        return [bared(item) for item in value] if isinstance(value, list) else value

    return bared(raw_case(name))


# --- what it says ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_objections_are_the_findings_that_stand_in_the_way(
    name: str, sheet_of: Callable[[str], Sheet], library: Library
) -> None:
    """Each unmet or unknown criterion once, each other one in the table, and nothing besides."""
    verdict = pipeline.weigh(samples.find(name).path, library, DAY).verdict
    assert verdict is not None
    letter = compose(verdict)
    found = sheet_of(name)
    objected = [one for one in found.objections if one.finding]
    assert [one.requirement for one in objected] == [f.requirement for f, _ in verdict.needs]
    assert {one.finding for one in objected} <= {"not met", "unknown"}
    assert all(one.would_change for one in objected)
    told = {one.number for one in objected} | {one.number for one in found.findings}
    inside = {row.number for row in letter.criteria if row.group}
    assert {row.number for row in letter.criteria} - inside <= told
    assert len(found.objections) - len(objected) == int(verdict.refused)


def test_an_unknown_is_an_objection_with_what_would_change_it(
    sheet_of: Callable[[str], Sheet],
) -> None:
    """In words for a call: what staff are to write into the case file is left out."""
    found = {one.number: one for one in sheet_of("open-questions").objections}
    assert list(found) == ["3", "4", "5", "6", "8", "9"]
    assert found["4"].finding == "unknown"
    assert found["4"].would_change == (
        "Does a standardized rating scale, such as the BDI, HDRS or MADRS, document that the "
        "patient's major depression is severe?"
    )
    assert [fact.text for fact in found["4"].facts] == ["Nobody has answered for it"]
    assert found["6"].would_change.endswith(
        "Or: A dated course of psychotherapy in the current episode, with its outcome."
    )
    assert not any("`" in one.would_change for one in found.values())


def test_an_appeal_has_the_payers_reasons_with_what_answers_each(
    sheet_of: Callable[[str], Sheet],
) -> None:
    """By criterion, by exception or by the prescriber's own reply."""
    found = sheet_of("esketamine-appeal")
    answers = [one.text.rsplit("Answer: ", 1)[1] for one in found.reasons]
    assert answers == ["criterion 2, met", "criterion 5, met", "the reply of Tobias Lindqvist, DO"]
    assert [row.value for row in found.call if row.label == "Reference"] == [
        "DN-7740-2216, decision of 10/26/2026"
    ]
    assert found.objections == ()


def test_a_stance_is_objected_and_what_was_tried_is_at_hand(
    sheet_of: Callable[[str], Sheet],
) -> None:
    """Without criteria the prescriber argues from the history, and from the exception asked for."""
    found = sheet_of("iv-ketamine")
    [stance] = found.objections
    assert stance.requirement.endswith(
        "Aetna considers intravenous ketamine experimental or investigational"
    )
    assert [one.text for one in stance.asked] == ["Helen Strand, MD, 11/09/2026"]
    assert found.findings == ()
    assert len(found.history) == 7
    assert all(one.cites for one in found.history)


def test_whom_to_call_is_told_only_where_it_is_recorded(library: Library) -> None:
    """No number is made up; the prescriber's own is always there."""
    raw = without_exhibits("esketamine-appeal")
    labels = [[row.label for row in one.sheet.call] for one in bare(raw, library)[:1] if one.sheet]
    assert labels == [["Reference", "Prescriber"]]
    raw["coverage"]["send_to"]["phone"] = "800-555-0170"
    [first, *_] = bare(raw, library)
    assert first.sheet is not None
    assert first.sheet.call[0].value == "800-555-0170 (Cigna Healthcare, Appeals)"


def test_the_policy_is_named_with_its_version_and_mark(sheet_of: Callable[[str], Sheet]) -> None:
    """Two published versions of one policy can disagree: the prescriber knows which was read."""
    rows = {row.label: row.value for row in sheet_of("qualchoice-esketamine").policy}
    assert rows["Policy"].startswith("QualChoice: BI734, Spravato; version bi734-00, in force from")
    assert rows["Read in"] == "the payer's own document, on 11/22/2026, mark V"


def test_a_payer_that_is_not_on_file_is_asked_for_its_criteria(
    library: Library, printer: Printer
) -> None:
    """Nothing is claimed of its policy."""
    raw = without_exhibits("esketamine")
    raw["coverage"]["payer"] = "A county plan"
    [first, *_] = bare(raw, library)
    text = render(first, library.template_folders, "", "peer_to_peer.html")
    assert "No criteria are on file: ask the reviewer which ones are used." in text
    assert "none of this payer is on file for this service: ask for its criteria" in text
    assert len(printer.lay_out(text, style="peer_to_peer.css")) == 1


# --- its one page ---------------------------------------------------------------------------------


def test_a_shorter_sheet_counts_what_it_leaves_to_the_letter(library: Library) -> None:
    """No fact is cut in silence: those that are shown and those that are counted are all."""
    made = bare(without_exhibits("qualchoice-esketamine"), library)
    counts = []
    for one in made:
        assert one.sheet is not None
        shown = sum(len(row.facts) + bool(row.reason) for row in one.sheet.findings)
        counts.append((shown + left_out(one), left_out(one)))
    assert len({whole for whole, _ in counts}) == 1
    assert [left for _, left in counts] == sorted(left for _, left in counts)
    assert counts[0][1] == 0 < counts[-1][1]


@pytest.mark.parametrize("name", ["open-questions", "esketamine-appeal"])
def test_the_sheet_is_one_page_and_says_that_it_is_internal(
    name: str, run: Run, sample: Sample, brief: Path
) -> None:
    """Also for the longest sample, and while questions are open."""
    case = sample(name)
    done = run("sheet", case, "--library", brief, *ON)
    assert done.err == ""
    assert done.code == (1 if name == "open-questions" else 0)
    assert done.out.startswith("sheet.pdf  internal, not to be sent; ")
    [page] = pages_of(case.parent.parent / "sheet.pdf")
    assert "INTERNAL: not to be sent. November 22, 2026." in page
    assert page.rstrip().endswith("INTERNAL: not to be sent")


def test_facts_without_room_are_left_to_the_letter(run: Run, sample: Sample, brief: Path) -> None:
    """Staff are told how many, and the page says where they stand."""
    case = sample("esketamine-appeal")
    text = case.read_text("utf-8")
    for told in ("No psychotic symptoms, now or in the past", "PDMP (Missouri) checked"):
        text = text.replace(told, f"{told}{', as asked at each visit and denied' * 3}")
    text = text.replace("Venlafaxine XR 225 mg a day", "Venlafaxine XR, as before, " * 88)
    case.write_text(text, "utf-8")
    done = run("sheet", case, "--library", brief, *ON)
    assert done.code == 0
    assert re.search(r"For want of room the page leaves 1 fact to the letter", done.out)
    [page] = pages_of(case.parent.parent / "sheet.pdf", "-raw")
    assert re.search(r"1 fact left out: see criterion 2 in\s+the letter \[p\. \d+ \(B-2\), p", page)


def test_a_sheet_that_cannot_fit_is_refused(run: Run, sample: Sample, brief: Path) -> None:
    """Nothing is written: what the page must hold is in the case alone to be shortened."""
    case = sample("esketamine-appeal")
    text = case.read_text("utf-8")
    long = "Transcranial magnetic stimulation has not been tried. " * 110
    case.write_text(text.replace("Transcranial magnetic stimulation has not been tried.", long))
    done = run("sheet", case, "--library", brief, *ON)
    assert done.code == 2
    assert done.err.startswith("The peer-to-peer sheet does not fit on one page, even with ")
    assert not list(case.parent.parent.glob("*.pdf"))


def test_the_pages_that_it_cites_are_those_of_the_packet(
    bound: Callable[[str], Packet], library: Library, printer: Printer, tmp_path: Path
) -> None:
    """Each leads to a page whose foot names that page of that exhibit."""
    case = samples.find("esketamine-appeal").path
    verdict = pipeline.weigh(case, library, DAY).verdict
    assert verdict is not None
    path, packet_path = tmp_path / "sheet.pdf", tmp_path / "packet.pdf"
    path.write_bytes(pipeline.peer_to_peer(case, verdict, library, printer).pdf)
    packet_path.write_bytes(bound("esketamine-appeal").pdf)
    packet = [" ".join(page.split()) for page in pages_of(packet_path)]
    cited = set(CITED.findall(" ".join(" ".join(pages_of(path, "-raw")).split()))) - {LEGEND}
    assert {letter for _, letter, _ in cited} == {"A", "B", "D"}
    for page, letter, own in cited:
        assert f"Exhibit {letter}, page {own} Packet page {page} of" in packet[int(page) - 1]
