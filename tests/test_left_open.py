"""Questions that an import leaves in the comments of a case: which hold a letter, and how long."""

from __future__ import annotations

import json
import textwrap
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from conftest import DAY, pages_of
from test_importers_case import OWN, PERSON, RXNORM, bundle, plan, written

from priorauth import asking, importers, intake, samples
from priorauth.asking import How, Interview, page
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


def reflowed(lines: list[str], width: int) -> str:
    """Return lines of a comment as an editor sets a paragraph anew: no line is deeper."""
    words = " ".join(line.strip("# ") for line in lines)
    return "\n".join(textwrap.wrap(words, width, initial_indent="  # ", subsequent_indent="  # "))


NEW_FORM = draft.words.question(RIGHT, "  ", holds=True)
OLD_FORM = draft.words.comment(f"QUESTION: {holding(RIGHT)}", "  ")
SHORT_FORM = [NEW_FORM[0].partition(RIGHT)[0] + RIGHT]


@pytest.mark.parametrize("width", range(24, 130, 7))
@pytest.mark.parametrize("form", [NEW_FORM, OLD_FORM])
def test_a_held_question_that_an_editor_set_anew_still_holds(form: list[str], width: int) -> None:
    """Alone, and as one paragraph with the comments around it, which stay when it is settled."""
    alone = f"a: 1\n{reflowed(form, width)}\nb: 2"
    (one,) = left_open(alone)
    assert (one.words, one.holds, one.below) == (RIGHT, True, "b: 2")
    assert page.without_lines(alone, one) == "a: 1\nb: 2"
    around = ["# of the card", *form, "# from [1] Coverage/c: Acme"]
    within = f"a: 1\n{reflowed(around, width)}\nb: 2"
    (one,) = left_open(within)
    assert (one.words, one.holds) == (RIGHT, True)
    left = page.without_lines(within, one).split("\n")
    assert all(line.startswith("  # ") for line in left[1:-1])
    told = " ".join(line.removeprefix("  # ") for line in left)
    assert told == "a: 1 of the card from [1] Coverage/c: Acme b: 2"
    two = f"{reflowed([*form, *around], width)}\n"
    assert held(two) == [RIGHT, RIGHT]
    assert held(page.without_lines(two, left_open(two)[0])) == [RIGHT]


def test_the_mark_alone_holds_and_a_hint_beside_it_does_not() -> None:
    """A person who takes out the long sentence has not settled the question."""
    assert [f"  # QUESTION (holds the letter): {RIGHT}"] == SHORT_FORM
    text = "\n".join([HINT.strip(), *SHORT_FORM, "  # from [1] Coverage/c: Acme"])
    assert [(one.words, one.holds) for one in left_open(text)] == [
        ("How did it go?", False),
        (RIGHT, True),
    ]
    assert left_open(text)[1].below == "# from [1] Coverage/c: Acme"
    assert held(f"{HINT}# The letter stays where it is.\n") == []


@pytest.mark.parametrize("lead", ["#", "# ", "#  ", "#   ", "  #  ", "# #  ", "#\t", "##  "])
def test_a_mark_is_seen_however_far_it_stands_from_its_sign(lead: str) -> None:
    """An editor that moves a comment by a blank does not settle it."""
    for mark in ("QUESTION:", "QUESTION (holds the letter):"):
        (one,) = left_open(f"a: 1\n{lead}{mark} {holding(RIGHT)}\nb: 2")
        assert (one.first, one.last, one.words, one.holds) == (2, 2, RIGHT, True)
    (one,) = left_open(f"{lead}QUESTION: How did\n{lead}  it go?\n# from [1] x")
    assert (one.words, one.holds, one.below) == ("How did it go?", False, "# from [1] x")


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
        (plan("Acme"), "The record names another payer: is it the payer above?"),
        (plan("Cigna", **NUMBERS), "The record has a subscriber id too: which number is on the"),
        ({"resourceType": "Condition", "code": TWO_CODES}, "The record gives several ICD-10-CM"),
        (UNSURE, "Is the drug below sertraline? The name is not exactly one"),
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
    assert text.index("  member_id: ") < text.index("The record names another payer")


# --- what a held question says on the screen ------------------------------------------------------

# Charts whose every word and number is marked, and what an import asks of each, held.
_OF_MARKED = plan(
    "Zqpayer",
    subscriberId="ZQ12",
    identifier=[{"type": {"coding": [{"code": "MB"}]}, "value": "ZQ34"}],
    **{"class": [{"type": {"coding": [{"code": "group"}]}, "value": "ZQ56", "name": "Zqplan"}]},
)
_OTHER_PLAN = {**_OF_MARKED, "payor": [{"display": "Zqother"}]}
_NO_NAME = {**_OF_MARKED, "payor": [{}]}


def _condition(*codes: str) -> dict[str, Any]:
    coding = [{"system": ICD, "code": code} for code in codes]
    return {"resourceType": "Condition", "code": {"coding": coding, "text": "Zqmood depression"}}


def _drug(name: str, *codes: str) -> dict[str, Any]:
    coding = [{"system": RXNORM if "-" not in one else NDC, "code": one} for one in codes]
    concept = {"coding": coding, "text": name}
    return {**UNSURE, "medicationCodeableConcept": concept, "dosage": [{"text": "Zqdose"}]}


NDC = "http://hl7.org/fhir/sid/ndc"
MARKED = ("zq", "f40.01", "f41.0", "f34", "50000-111-22", "312941")
COPY = "is it the payer above? If it is, copy what stands below."
OTHER_NAME = "The record's code is that of this drug, and its name seems to be another's."
TWO_DRUGS = "The record's code and its name are two different drugs."
ASKED: list[tuple[list[dict[str, Any]], list[str]]] = [
    (
        [_OF_MARKED],
        [
            f"The record names another payer: {COPY}",
            "The record has a subscriber id too: which number is on the card?",
        ],
    ),
    (
        [_NO_NAME],
        [
            f"The record does not name the payer of its plan: {COPY}",
            "The record has a subscriber id too: which number is on the card?",
        ],
    ),
    ([_OF_MARKED, _OTHER_PLAN], ["The records hold 2 plans: which one is asked?"]),
    (
        [_condition()],
        ["The record gives no ICD-10-CM code that is certain: which one is it?"],
    ),
    ([_condition("F40.01", "F41.0")], ["The record gives several ICD-10-CM codes: which one?"]),
    (
        [_condition("F34")],
        ["The record gives a category, which is not billable: which code in it?"],
    ),
    (
        [_drug("zqsertraline")],
        ["Is the drug below sertraline? The name is not exactly one that is known here."],
    ),
    (
        [_drug("zqfluoxetine", "312941")],
        [f"Is the drug below sertraline? {OTHER_NAME}"],
    ),
    (
        [_drug("fluoxetine", "312941")],
        [f"Is the drug below fluoxetine or sertraline? {TWO_DRUGS}"],
    ),
    (
        [_drug("", "50000-111-22")],
        ["Which drug is the one below? The record gives a code without a name."],
    ),
]


@pytest.mark.parametrize(("resources", "asked"), ASKED)
def test_no_value_of_the_record_comes_to_the_screen_with_what_is_held(
    resources: list[dict[str, Any]], asked: list[str], run: Run, case: Path, tmp_path: Path
) -> None:
    """It stands in the file, below the question; `check` and its like say the question alone."""
    text = written(tmp_path, *resources)
    which = "Which diagnosis is the request for? The records give no certain code."
    assert held(text) == [*asked, which] or held(text) == [which, *asked]
    comments = [line for line in text.split("\n") if line.lstrip().startswith("#")]
    noted = "\n".join(comments).casefold()
    assert [mark for mark in MARKED if mark in noted]
    asked_in = "\n".join(line.strip() for line in comments)
    case.write_text(f"{asked_in}\n{case.read_text('utf-8')}", "utf-8")
    drafted = tmp_path / "drafted.yaml"
    drafted.write_text(text, "utf-8")
    for path in (case, drafted):
        for command in (("check",), ("check", "--json"), ("letter",), ("packet",)):
            done = run(command[0], path, *command[1:], "--on", "2026-11-22")
            assert done.code != 0
            shown = f"{done.out}{done.err}"
            assert path is drafted or " ".join(asked[0].split())[:40] in " ".join(shown.split())
            assert [mark for mark in MARKED if mark in shown.casefold()] == []


def test_what_is_held_has_its_values_below_it(tmp_path: Path) -> None:
    """Whoever settles it finds beside it which number, which name and which codes are meant."""
    found = written(
        tmp_path,
        plan("Cigna", **NUMBERS),
        _condition("F40.01", "F41.0"),
        _drug("zqsertraline"),
        _drug("", "50000-111-22"),
    )
    assert "  # from [1] Coverage/r0: subscriber id U1\n" in found
    assert "# from [1] Condition/r1: Zqmood depression (one of F40.01 and F41.0)\n" in found
    assert "  # from [1] MedicationStatement/r2: zqsertraline; " in found
    assert "  # from [1] MedicationStatement/r3: NDC 50000-111-22; " in found


# --- what comes of it -----------------------------------------------------------------------------


@pytest.mark.no_cover
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
    assert [one for one in held(text) if one.startswith("The record names another payer")]
    assert "  # from [2] Coverage/c: Acme\n" in text
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


def test_a_diagnosis_of_other_records_has_a_question_of_its_own(run: Run, tmp_path: Path) -> None:
    """It has the same words as that of another one, and is about another line."""
    bundle(tmp_path, _condition("F40.01", "F41.0"))
    assert run("import", "chart", *ASK).code == 0
    other = _condition("F42.2", "F43.12")
    entry = [{"resource": PERSON}, {"resource": {"id": "c", **OWN, **other}}]
    (tmp_path / "more").write_text(json.dumps({"resourceType": "Bundle", "entry": entry}))
    assert run("import", "more", *ASK, "--yes").code == 0
    questions = left_open((tmp_path / "case.yaml").read_text())
    found = [one.below for one in questions if one.words.startswith("The record gives several")]
    assert [one[-20:] for one in found] == ["of F40.01 and F41.0)", "of F42.2 and F43.12)"]


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
        lost = Counter(first.text.split("\n")) - Counter(after.interview.text.split("\n"))
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


def test_a_code_written_by_hand_leaves_its_mark_to_be_asked_about(tmp_path: Path) -> None:
    """The place is not open any more: the question is, until somebody says that it is settled."""
    text = written(tmp_path).replace("  - {code: }   ", "  - {code: F33.2}")
    assert "  - {code: F33.2}" in text
    first, (question,) = interview_over(text)
    assert "Which diagnosis is the request for?" in question.text
    after = asking.reply(first, question, "yes")
    assert held(after.interview.text) == []
    assert interview_over(after.interview.text)[1] == []
