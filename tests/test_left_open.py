"""Questions that an import leaves in the comments of a case: which hold a letter, and how long."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from conftest import DAY, pages_of
from test_importers_case import OWN, PERSON, bundle, plan, written

from priorauth import asking, importers, intake, samples
from priorauth.asking import How, Interview
from priorauth.criteria import weigh_case
from priorauth.importers import draft
from priorauth.left_open import HOLDS, holding, left_open
from priorauth.library import Library
from priorauth.reference import services

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Done

    from priorauth.asking import Question

    Run = Callable[..., Done]

ASK = ("--service", "esketamine", "--payer", "cigna", "--on", "2026-11-22")
RIGHT = "Are these the records of the right patient?"
HELD = f"# QUESTION: {holding(RIGHT)}\n"
HINT = "# QUESTION: How did it go?\n"


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """Return a sample case that is ready."""
    return samples.find("esketamine").copy_to(tmp_path / "sample")


def held(text: str) -> list[str]:
    """Return the words of the questions that hold the letter back."""
    return [one.words for one in left_open(text) if one.holds]


# --- the rule -------------------------------------------------------------------------------------


def test_a_question_holds_where_it_says_so() -> None:
    """Over several lines, set anew by an editor, and in a list that an import made a comment."""
    wrapped = "\n".join(draft.words.question("Is this one right? " * 9, "    ", holds=True))
    assert [(one.first, one.last, one.holds) for one in left_open(f"a: 1\n{wrapped}\nb: 2")] == [
        (2, 4, True)
    ]
    (one,) = left_open(f"  # {HELD}  # - {{code: }}  # from [1] Condition/c: Mood\n")
    assert (one.words, one.holds, one.below) == (
        RIGHT,
        True,
        "# - {code: }  # from [1] Condition/c: Mood",
    )
    assert held(HELD.replace(HOLDS, HOLDS.upper())) == [RIGHT]
    assert held(HINT) == []
    assert [one.words for one in left_open(HINT)] == ["How did it go?"]


def test_what_is_no_comment_is_no_question() -> None:
    """A text of the chart may have the word."""
    assert left_open("title: NEW PATIENT QUESTION: 3\n# no QUESTION: here\n") == ()


def test_its_text_form_shows_nothing() -> None:
    """The words can name a drug or a payer of the patient."""
    assert repr(left_open(HELD)) == "(<LeftOpen>,)"


# --- which questions of an import hold ------------------------------------------------------------

ICD = "http://hl7.org/fhir/sid/icd-10-cm"
CODES = [{"system": ICD, "code": code} for code in ("F33.1", "F33.2")]
TWO_CODES = {"coding": CODES, "text": "Major depression"}
UNSURE = {
    "resourceType": "MedicationStatement",
    "status": "active",
    "medicationCodeableConcept": {"text": "sertralin"},
    "effectivePeriod": {"start": "2026-05"},
}
NUMBERS = {
    "identifier": [{"type": {"coding": [{"code": "MB"}]}, "value": "U12"}],
    "subscriberId": "U1",
}


@pytest.mark.parametrize(
    ("resource", "words"),
    [
        (plan("Acme"), "The record's plan is of Acme: is that the payer above?"),
        (plan("Cigna", **NUMBERS), "The record has a subscriber id too, U1: which is on the card?"),
        ({"resourceType": "Condition", "code": TWO_CODES}, "The record gives several ICD-10-CM"),
        (UNSURE, 'Is "sertralin" sertraline?'),
    ],
)
def test_who_is_asked_what_for_and_which_drug_hold(
    resource: dict[str, Any], words: str, tmp_path: Path
) -> None:
    """And the diagnosis of the request, which no chart here gives."""
    found = held(written(tmp_path, resource))
    assert [one for one in found if one.startswith(words)]
    assert len(found) == 2
    assert [one for one in found if one.startswith("Which diagnosis is the request for?")]


def test_how_it_went_and_why_are_hints(tmp_path: Path) -> None:
    """What is left out of a letter does not make it another patient's."""
    drug = {**UNSURE, "medicationCodeableConcept": {"text": "sertraline 50 mg tablet"}}
    text = written(tmp_path, drug)
    hints = [one.words for one in left_open(text) if not one.holds]
    assert [one for one in hints if one.startswith("How did it go?")]
    assert len(held(text)) == 1


def test_records_of_nobody_hold_and_say_how_many_they_name(tmp_path: Path) -> None:
    """Two ids of which no file tells whose they are can be two patients."""
    other = {**UNSURE, "id": "x", "subject": {"reference": "Patient/q"}}
    path = bundle(tmp_path, UNSURE, other)
    found = json.loads(path.read_text())
    found["entry"] = [e for e in found["entry"] if e["resource"]["resourceType"] != "Patient"]
    path.write_text(json.dumps(found))
    gathered = importers.gather([path], Library.open(), DAY, importers.Wanted("cigna"))
    told = "The records name 2 patients, and no file describes one: "
    told += "which of them are of the right one?"
    assert gathered.facts.doubts == (told,)
    service = services.find("esketamine")
    assert service is not None
    assert told in held(draft.text(draft.draft(gathered, service, "cigna", DAY)))


def test_a_payer_that_is_not_on_file_is_known_by_its_name(tmp_path: Path) -> None:
    """Written as the record has it, it is no question."""
    path = bundle(tmp_path, plan("Acme Health Plan"))
    wanted = importers.Wanted("acme health plan")
    found = importers.gather([path], Library.open(), DAY, wanted).facts.coverage
    assert (found.certain, found.question) == (True, "")


def test_a_member_number_does_not_settle_which_payer_is_asked(tmp_path: Path) -> None:
    """The question stands behind the number, where no answer to it takes it out."""
    text = written(tmp_path, plan("Acme"))
    assert text.index("  member_id: ") < text.index("QUESTION: The record's plan is of Acme")


# --- what comes of it -----------------------------------------------------------------------------


def test_a_held_letter_is_a_draft_and_says_why_on_its_first_page(
    run: Run, case: Path, tmp_path: Path
) -> None:
    """`check`, its JSON, the letter and the packet: as over a criterion that is unknown."""
    day = ("--on", "2026-11-22")
    assert run("check", case, *day).code == 0
    case.write_text(f"{HELD}{case.read_text('utf-8')}", "utf-8")
    told = f"{RIGHT} It is marked QUESTION on line 1 of the case file: settle it with the record, "
    told += "then remove it there."
    checked = run("check", case, *day)
    assert checked.code == 1
    assert "Verdict: draft only: 1 open question; " in checked.out
    assert told in " ".join(checked.out.split())
    found = json.loads(run("check", case, "--json", *day).out)
    assert found["ready"] is False
    assert found["questions"] == [{"criterion": "", "text": told, "ask": ""}]
    refused = run("letter", case, *day)
    assert refused.code == 1
    assert f" 1. {told}\n" in refused.err
    assert not (tmp_path / "letter.pdf").exists()
    assert run("packet", case, *day).code == 1
    assert run("letter", case, "--draft", *day).code == 1
    first, *_ = pages_of(tmp_path / "letter.pdf")
    assert "DRAFT" in first
    assert RIGHT in " ".join(first.split())


def test_a_hint_holds_nothing_and_is_named(run: Run, case: Path) -> None:
    """It is told beside a letter that goes out."""
    case.write_text(f"{HINT}{case.read_text('utf-8')}", "utf-8")
    done = run("letter", case, "--html", "--on", "2026-11-22")
    assert done.code == 0
    assert "Still marked QUESTION in " in done.out
    assert "hold the letter back" not in done.out
    assert "holds the letter back" not in done.out


def test_without_the_mark_the_letter_goes_out(case: Path) -> None:
    """A program that reads and weighs by itself is held back just as well."""
    text = case.read_text("utf-8")
    case.write_text(f"{HELD}{text}", "utf-8")
    read = intake.read(case, DAY)
    assert read.case is not None
    assert not weigh_case(read.case, Library.open(), DAY).ready
    case.write_text(text, "utf-8")
    read = intake.read(case, DAY)
    assert read.case is not None
    assert weigh_case(read.case, Library.open(), DAY).ready


def test_an_import_says_which_hold(run: Run, tmp_path: Path) -> None:
    """By their lines; the file says it in words."""
    bundle(tmp_path, UNSURE)
    done = run("import", "chart", *ASK)
    lines = [one.first for one in left_open((tmp_path / "case.yaml").read_text()) if one.holds]
    shown = " and ".join(map(str, lines))
    assert f"2 of them hold the letter back (lines {shown}): until then only a draft" in done.out


def test_an_import_names_the_way_on_and_when_a_draft_can_be_made(run: Run, tmp_path: Path) -> None:
    """Fresh from the import there is no draft: places that a letter needs are empty."""
    bundle(tmp_path, UNSURE)
    done = run("import", "chart", *ASK)
    assert done.out.endswith(
        "A draft can be made as soon as `priorauth check case.yaml` finds no error: no place that "
        "the letter needs is empty then.\n"
        "case.yaml  To be asked for all that is open: priorauth new --ask -o case.yaml\n"
    )
    assert "only a draft is made" not in done.out
    drafted = run("letter", "case.yaml", "--draft", "-o", "draft.pdf")
    assert drafted.code != 0
    assert "error: practice.fax: there is no value." in drafted.out + drafted.err
    assert not (tmp_path / "draft.pdf").exists()


# --- over a case that is there --------------------------------------------------------------------


def test_other_records_over_a_case_bring_their_doubts_once(run: Run, tmp_path: Path) -> None:
    """Records of nobody may be another's; once that is settled they are not asked about again."""
    (tmp_path / "person").write_text(
        json.dumps({"resourceType": "Bundle", "entry": [{"resource": PERSON}]})
    )
    assert run("import", "person", *ASK).code == 0
    case = tmp_path / "case.yaml"
    assert len(held(case.read_text())) == 1
    more = [{"id": "m", **OWN, **UNSURE}, {"id": "c", **plan("Acme")}]
    entry = [{"resource": one} for one in more]
    (tmp_path / "more").write_text(json.dumps({"resourceType": "Bundle", "entry": entry}))
    done = run("import", "more", *ASK, "--yes")
    doubt = "No file describes the patient: are these the records of the right one?"
    assert f"Look first: {doubt}\n" in done.out
    text = case.read_text()
    assert doubt in held(text)
    assert [one for one in held(text) if one.startswith("The record's plan is of Acme")]
    lines = text.split("\n")
    questions = left_open(text)
    settled = "\n".join(
        line
        for n, line in enumerate(lines, 1)
        if not any(one.first <= n <= one.last for one in questions)
    )
    case.write_text(settled)
    again = run("import", "more", *ASK, "--yes")
    assert again.out.endswith("Everything in these records is in it already.\n")
    assert held(case.read_text()) == []


# --- asked about ----------------------------------------------------------------------------------


def interview_over(text: str) -> tuple[Interview, list[Question]]:
    """Return the interview about a case file, and its questions on what an import left open."""
    first = Interview(text, "case.yaml", Library.open(), DAY)
    return first, [q for q in asking.open_questions(first) if q.how is How.SETTLED]


def test_what_holds_is_asked_and_taken_out_once_it_is_settled(tmp_path: Path) -> None:
    """Two diagnoses with the same question are two; no other line of the file changes."""
    codes = {"resourceType": "Condition", "code": TWO_CODES}
    more = {**codes, "code": {**TWO_CODES, "text": "Bipolar disorder"}}
    text = written(tmp_path, codes, more, UNSURE, plan("Acme"))
    first, questions = interview_over(text)
    assert len(questions) == 4  # that on the request's own diagnosis is asked by its place
    assert len({question.key for question in questions}) == 4
    assert [q for q in questions if "Bipolar disorder" in q.text]
    assert "This import" not in questions[0].text
    for question in questions:
        after = asking.reply(first, question, "yes")
        assert after.taken
        lost = set(first.text.split("\n")) - set(after.interview.text.split("\n"))
        assert lost
        assert all(line.lstrip(" ").startswith("#") for line in lost)
        first = after.interview
    (left,) = held(first.text)
    assert left.startswith("Which diagnosis is the request for?")
    assert interview_over(first.text)[1] == []


@pytest.mark.parametrize("words", ["no", "2", "not known", ""])
def test_what_is_still_open_stays_and_is_not_asked_again(words: str, case: Path) -> None:
    """The mark stays in the file, and holds the letter."""
    first, (question,) = interview_over(f"{HELD}{case.read_text('utf-8')}")
    answered = asking.reply(first, question, words)
    assert answered.taken
    assert answered.interview.text == first.text
    assert asking.next_question(answered.interview) is None


def test_neither_yes_nor_no_settles_nothing(case: Path) -> None:
    """It is said what to write."""
    first, (question,) = interview_over(f"{HELD}{case.read_text('utf-8')}")
    answered = asking.reply(first, question, "perhaps")
    assert not answered.taken
    assert answered.remarks[0].startswith("That is not understood here.")
