"""`priorauth new --ask`: prompts, saving after each answer, leaving and going on."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from conftest import CHARTS, bare_case, raw_case

from priorauth.cli.ask import _File

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Done

    Run = Callable[..., Done]
    Say = Callable[..., None]

ON = ("--on", "2026-11-22")
ASK = ("new", "--ask", "--on", "2026-11-22")
NEW = ("new", "esketamine", "cigna", "--ask", "--on", "2026-11-22")


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch) -> Say:
    """Return a function that types lines; after the last one the keyboard is gone (Ctrl-D)."""
    return lambda *lines: monkeypatch.setattr(
        "sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines))
    )


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """Return where the case file stands."""
    return tmp_path / "case.yaml"


def test_leaving_keeps_every_answer_and_says_how_to_go_on(run: Run, say: Say, case: Path) -> None:
    """Ctrl-D after four answers: they are in the file, which only its owner can read."""
    say("commercial", "medical", "Dana", "Whitfield")
    done = run(*NEW)
    assert done.code == 1
    assert done.err == ""
    assert "  name: {given: Dana, family: Whitfield}\n" in case.read_text("utf-8")
    assert case.stat().st_mode & 0o777 == 0o600
    assert "Left. All that was answered is in case.yaml.\n" in done.out
    assert done.out.endswith("To go on: priorauth new --ask -o case.yaml\n")
    assert "   1. When was the patient born? See the member's card.\n" in done.out
    assert [one.name for one in case.parent.iterdir()] == ["case.yaml"]


def test_going_on_asks_only_what_is_open(run: Run, say: Say, case: Path) -> None:
    """The second run begins with the first question that has no answer."""
    say("commercial", "medical", "Dana")
    run(*NEW)
    say("Whitfield", "stop")
    done = run(*ASK)
    assert "1. What is the patient's family name?\n" in done.out
    assert "given name?" not in done.out.split("What is the prescriber's")[0]
    assert "family: Whitfield}" in case.read_text("utf-8")


def test_a_question_says_why_and_how_and_refuses_with_the_words_of_the_door(
    run: Run, say: Say
) -> None:
    """A wrong answer is told at once, and the question stays."""
    say("7", "1", "", "", "", "the spring of 1984", "3/9/1984")
    done = run(*NEW)
    assert (
        "5. When was the patient born?\n"
        "   Why: the payer finds the member by it, and it stands on every page. "
        "See the member's card.\n"
        "   Write year-month-day, such as 1984-03-09.\n"
    ) in done.out
    assert "Not taken: That is not understood here. Write commercial, exchange," in done.out
    assert "Not taken: This must be a day of the calendar, from 1900 on." in done.out
    assert "spring" not in done.out + done.err


def test_back_asks_the_last_question_again(run: Run, say: Say, case: Path) -> None:
    """A slip is taken back; at the first question there is nothing to go back to."""
    say("back", "commercial", "medical", "Dan", "back", "Dana", "stop")
    done = run(*NEW)
    assert done.out.count("3. What is the patient's given name?") == 2
    text = case.read_text("utf-8")
    assert "given: Dana," in text
    assert "Dan," not in text


def test_enter_after_back_keeps_the_answer(run: Run, say: Say, case: Path) -> None:
    """Two questions back to look, and forward again: nothing that was answered is lost."""
    say("commercial", "medical", "Dana", "back", "back", "", "", "Whitfield", "stop")
    done = run(*NEW)
    text = case.read_text("utf-8")
    assert "  benefit: medical" in text
    assert "{given: Dana, family: Whitfield}" in text
    assert done.out.count("   You answered: Dana. Enter alone keeps this.") == 2
    assert done.out.count("   You answered: medical. Enter alone keeps this.") == 1


def test_what_was_answered_after_a_changed_answer_is_offered_again(
    run: Run, say: Say, case: Path
) -> None:
    """Nothing is silently lost; what was put off is not called answered."""
    back = ("back",) * 4
    say("commercial", "medical", "Dana", "", "1984-03-09", *back, "pharmacy", "", "", "", "stop")
    done = run(*NEW)
    text = case.read_text("utf-8")
    assert "  benefit: pharmacy" in text
    assert "{given: Dana, family: }" in text
    assert "  birth_date: 1984-03-09" in text
    assert "   What was answered after it is asked again: Enter alone keeps each.\n" in done.out
    again = done.out.split("is asked again")[1]
    assert "   You answered: Dana. Enter alone keeps this.\n" in again
    assert "   You put this off; Enter alone does so again.\n" in again
    assert "   You answered: 1984-03-09. Enter alone keeps this.\n" in again


def test_answers_on_one_drug_are_not_offered_for_another(run: Run, say: Say, case: Path) -> None:
    """The dates of sertraline say nothing of venlafaxine."""
    raw = raw_case("esketamine")
    del raw["treatments"]
    case.write_text(yaml.safe_dump(raw, sort_keys=False), "utf-8")
    say("sertraline", "50 from 2025-02-03 to 2025-06-15", "back", "back", "venlafaxine XR", "stop")
    done = run(*ASK)
    assert "Which doses of venlafaxine XR were taken" in done.out
    assert "You answered: 50 from" not in done.out.split("doses of venlafaxine XR")[1]
    assert "2025-06-15" not in case.read_text("utf-8").split("treatments:")[1]


def test_another_answer_after_back_is_written(run: Run, say: Say, case: Path) -> None:
    """In place of the one that stood there; what came after it is asked again."""
    say("commercial", "medical", "Dana", "back", "back", "pharmacy", "Dora", "stop")
    run(*NEW)
    text = case.read_text("utf-8")
    assert "  benefit: pharmacy" in text
    assert "{given: Dora, family: }" in text


@pytest.mark.parametrize("instead", ["later", "not known", "skip"])
def test_an_answer_that_is_taken_back_leaves_the_file(
    run: Run, say: Say, case: Path, instead: str
) -> None:
    """After `back` nothing is answered in its place: the file is as it was before the answer."""
    say("commercial", "medical", "Dan", "back", instead, "stop")
    run(*NEW)
    text = case.read_text("utf-8")
    assert "  benefit: medical" in text
    assert "Dan" not in text


def test_no_history_taken_back_leaves_the_file(run: Run, say: Say, case: Path) -> None:
    """A treatment that was a slip is gone when the answer is `no` after all."""
    raw = raw_case("esketamine")
    raw["treatments"] = [one for one in raw["treatments"] if one.get("drug") == "sertraline"]
    case.write_text(yaml.safe_dump(raw, sort_keys=False), "utf-8")
    say("fluoxetine", "back", "no", "stop")
    run(*ASK)
    assert "fluoxetine" not in case.read_text("utf-8")


def test_what_is_not_known_is_left_out(run: Run, say: Say, case: Path) -> None:
    """An import's empty place becomes a comment, and is no mistake any more."""
    run("import", CHARTS / "bundle.json", "--service", "esketamine", "--payer", "cigna")
    before = case.read_text("utf-8")
    assert "  benefit:       " in before
    say(*["not known"] * 40)
    done = run(*ASK)
    text = case.read_text("utf-8")
    assert "  # benefit:       " in text
    assert text.count("# from [1]") == before.count("# from [1]")
    assert "Still marked QUESTION in case.yaml (lines " in done.out
    assert "   This stays open: there is no letter without it.\n" in done.out


def test_to_the_end_with_the_verdict(run: Run, say: Say, sample: Callable[[str], Path]) -> None:
    """One fact is missing of a sample: it is asked for, and the case is ready."""
    path = sample("esketamine")
    text = path.read_text("utf-8")
    line = next(one for one in text.split("\n") if one.startswith("  specialty:"))
    path.write_text(text.replace(f"{line}\n", ""), "utf-8")
    say("psychiatry")
    done = run(*ASK, "-o", path)
    assert (done.code, done.err) == (0, "")
    assert "No more questions." in done.out
    assert f"{path}  ready: request for prior authorization, Cigna" in done.out
    say()
    again = run(*ASK, "-o", path)
    assert again.code == 0
    assert "1. " not in again.out


def test_without_documents_the_end_says_what_to_put_there(run: Run, say: Say, case: Path) -> None:
    """A case that is ready, and proves nothing with a page."""
    case.write_text(yaml.safe_dump(bare_case("esketamine"), sort_keys=False), "utf-8")
    say()
    done = run(*ASK)
    assert done.code == 0
    assert "No document lies beside the case file." in done.out


def test_a_page_may_name_a_file_beside_the_case(run: Run, say: Say, case: Path) -> None:
    """The documents that lie there are offered; one that is cited becomes an exhibit."""
    (case.parent / "chart.pdf").write_bytes(b"%PDF-1.7")
    (case.parent / "letter.pdf").write_bytes(b"%PDF-1.7")
    run("new", "esketamine", "cigna")
    text = case.read_text("utf-8").replace("\ntreatments:\n", f"\n{_TRIAL}")
    case.write_text(text.replace("# episode: {onset: 2025-01", "episode: {onset: 2025-01"))
    say(*["later"] * 21, "chart 3", "Progress notes", "chart notes")
    done = run(*ASK)
    assert "There is chart.pdf." in done.out
    text = case.read_text("utf-8")
    assert "    evidence: {exhibit: chart, page: 3}\n" in text
    exhibit = "  - {id: chart, file: chart.pdf, title: Progress notes, kind: chart_notes}\n"
    assert exhibit in text


def test_what_priorauth_has_made_is_no_evidence(
    run: Run, say: Say, sample: Callable[[str], Path]
) -> None:
    """A letter and a packet, by whatever name, are not offered; one that is named is refused."""
    case = sample("esketamine")
    assert run("letter", str(case), "-o", str(case.parent / "draft.pdf"), *ON).code == 0
    assert run("packet", str(case), "-o", str(case.parent / "to_payer.pdf"), *ON).code == 0
    text = case.read_text("utf-8")
    case.write_text(re.sub(r"\n    evidence: \[.*", "", text), "utf-8")
    say("draft.pdf 1", "draft 1", "to_payer.pdf 1", "stop")
    done = run("new", "--ask", *ON, "-o", str(case))
    assert "There are " in done.out
    offer = done.out.split("There are ")[1].split("> ")[0]
    assert " ".join(offer.split()) == "notes, scales, therapy, pharmacy and rems."
    assert done.out.count("Not taken: priorauth has made this document") == 3
    assert "draft" not in case.read_text("utf-8")


def test_a_page_that_a_document_does_not_have_is_not_taken(
    run: Run, say: Say, sample: Callable[[str], Path]
) -> None:
    """The pages are counted at the answer: of an exhibit, and of a file that is none yet."""
    case = sample("esketamine")
    (case.parent / "fax.txt").write_text("Sertraline, no benefit.\n", "utf-8")
    text = case.read_text("utf-8")
    case.write_text(re.sub(r"\n    evidence: \[.*", "", text), "utf-8")
    say("notes 70", "fax.txt 2", "notes 0", "notes 7", "stop")
    done = run("new", "--ask", *ON, "-o", str(case))
    said = " ".join(done.out.split())
    assert "Not taken: This document has 7 pages. Write the page of the document on" in said
    assert "Not taken: This document has 1 page. Write" in said
    assert "    evidence: {exhibit: notes, page: 7}\n" in case.read_text("utf-8")
    assert done.out.count("Not taken") == 3


_TRIAL = """\
treatments:
  - drug: sertraline   # Ruth: from the chart
    doses: [{mg_per_day: 100, from: 2025-02-03, to: 2025-05-30}]
    outcome: no_response
    stopped_because: no benefit
    source: chart
"""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--ask",), "case.yaml is not there yet. Name SERVICE and PAYER, such as: priorauth new"),
        ((), "Name SERVICE and PAYER, such as: priorauth new esketamine cigna"),
        (("esketamin", "cigna", "--ask"), "There is no service of that name."),
    ],
)
def test_a_new_case_must_be_named(run: Run, arguments: tuple[str, ...], message: str) -> None:
    """Without a file to go on with, service and payer are needed."""
    done = run("new", *arguments)
    assert done.code == 2
    assert message in done.err


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("tms", "cigna"), "service"),
        (("esketamine", "aetna"), "payer"),
        (("--kind", "renewal"), "kind"),
    ],
)
def test_another_case_is_not_gone_on_with(
    run: Run, say: Say, case: Path, arguments: tuple[str, str], what: str
) -> None:
    """The command names something else than the file: nothing is changed."""
    say("stop")
    run(*NEW)
    before = case.read_bytes()
    done = run("new", *arguments, "--ask")
    assert done.code == 2
    assert done.err.startswith(f"case.yaml names another {what} than this command")
    assert case.read_bytes() == before


def test_a_file_that_cannot_take_answers_says_why(run: Run, case: Path) -> None:
    """JSON, and a file whose punctuation is broken."""
    case.write_text(json.dumps({"request": {"service": "esketamine"}}), "utf-8")
    done = run(*ASK)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("case.yaml is JSON: answers are written into YAML files only.")
    case.write_text("patient: {name: \nrequest: [", "utf-8")
    done = run(*ASK)
    assert done.code == 2
    assert "case.yaml:1: error: the file is not readable as YAML here" in done.err


def test_a_file_that_is_no_case_says_what_is_wrong(run: Run, case: Path) -> None:
    """A list where the sections of a case belong is refused with a reason."""
    case.write_text("- a\n", "utf-8")
    done = run(*ASK)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("case.yaml:1: error:")


def test_a_case_without_its_kind_is_an_initial_request(run: Run, case: Path) -> None:
    """A command that asks for another kind does not go on with it; one for this kind does."""
    raw = bare_case("esketamine")
    raw["request"].pop("kind", None)
    case.write_text(yaml.safe_dump(raw, sort_keys=False), "utf-8")
    done = run(*ASK, "--kind", "renewal")
    assert done.code == 2
    assert done.err.startswith("case.yaml names another kind than this command")
    assert run(*ASK, "--kind", "initial").code == 0


def test_what_is_kept_of_the_file_shows_no_patient() -> None:
    """No traceback with the values of its variables tells what the case holds."""
    assert "Dana" not in repr(_File(Path("case.yaml"), b"Dana", "Dana"))


def test_windows_lines_and_the_byte_order_mark_stay(run: Run, say: Say, case: Path) -> None:
    """An editor's own way to end lines is kept."""
    say("stop")
    run(*NEW)
    text = case.read_text("utf-8")
    case.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    say("commercial", "medical", "Dana")
    run(*ASK)
    after = case.read_bytes()
    assert after.startswith(b"\xef\xbb\xbf#")
    assert b"given: Dana" in after
    assert after.count(b"\n") == after.count(b"\r\n") > 50


def test_a_file_that_somebody_else_changes_is_not_written_over(
    run: Run, case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last answer is not written, and the message says so."""

    class Keyboard(io.StringIO):
        def readline(self, *_: int | None) -> str:  # type: ignore[override]
            with case.open("a", encoding="utf-8") as file:
                file.write("# by an editor\n")
            return "commercial\n"

    monkeypatch.setattr("sys.stdin", Keyboard())
    done = run(*NEW)
    assert done.code == 2
    assert done.err.startswith("case.yaml was changed by another program while it was asked about")
    text = case.read_text("utf-8")
    assert text.endswith("# by an editor\n")
    assert "line_of_business: commercial\n" not in text


def test_mistakes_that_stand_in_the_file_are_told_first(run: Run, say: Say, case: Path) -> None:
    """What a person wrote is not asked again and not written over: it is named with its line."""
    say("stop")
    run(*NEW)
    text = case.read_text("utf-8")
    case.write_text(text.replace('  npi: ""', '  npi: "1234567890"', 1), "utf-8")
    say("stop")
    done = run(*ASK)
    assert "error: prescriber.npi: the NPI's check digit is wrong." in done.err
    assert '  npi: "1234567890"' in case.read_text("utf-8")
