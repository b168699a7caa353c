"""`check` and `letter`: what a case lacks, and the letter written whole or not at all."""

from __future__ import annotations

import json
import os
import re
import stat
from typing import TYPE_CHECKING, Any

import pytest
from conftest import DAY, NAMES, pages_of, raw_case

from priorauth import samples

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Done, Made

    Run = Callable[..., Done]
    Sample = Callable[[str], Path]

ON = ("--on", str(DAY))
NOT_READY = ("open-questions",)
KEYS = {
    "": [
        *("payer", "policy", "version", "stance", "overall", "criteria", "trials"),
        *("source", "terms", "notes", "not_read", "rests_on", "reasons"),
        *("deadlines", "deadlines_need", "enclosed", "ready", "questions", "problems"),
    ],
    "criteria": [
        *("id", "kind", "requirement", "finding", "because", "evidence", "would_change"),
        "mark",
    ],
    "terms": ["what", "says"],
    "enclosed": ["exhibit", "letter", "cited_pages", "uncited_pages", "whole"],
    "questions": ["criterion", "text", "ask"],
    "trials": ["drug", "class", "weeks", "counts", "because"],
    "reasons": ["text", "criterion", "finding", "exceptions", "replied"],
    "deadlines": ["event", "due", "counted", "limit", "rule", "mark", "condition", "note"],
    "problems": ["severity", "file", "line", "field", "what", "fix"],
}


def names_in(folder: Path) -> list[str]:
    """Return what lies in a folder."""
    return sorted(path.name for path in folder.iterdir())


# --- check ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_check_says_by_its_exit_code_whether_a_letter_can_be_sent(name: str, run: Run) -> None:
    """0 when it can, 1 when something is open; the last line says it in words."""
    done = run("check", samples.find(name).path, *ON)
    assert done.code == (1 if name in NOT_READY else 0)
    assert done.err == ""
    last = done.out.strip().split("\n")[-1]
    assert last.startswith("Verdict: draft only" if name in NOT_READY else "Verdict: ready")


def test_check_shows_policy_trials_criteria_and_questions(run: Run) -> None:
    """What staff need before sending, in the order in which they need it."""
    done = run("check", samples.find("open-questions").path, *ON)
    heads = ["Policy: ", "Source: ", "Trials", "Criteria", "To do before a letter can be sent"]
    places = [done.out.index(head) for head in heads]
    assert places == sorted(places)
    assert "Ask the prescriber." in done.out
    assert [line for line in done.out.split("\n") if len(line) > 130 and "://" not in line] == []


def test_check_of_a_payer_that_is_not_on_file(sample: Sample, run: Run) -> None:
    """It says so, and what to do."""
    case = sample("esketamine")
    case.write_text(case.read_text("utf-8").replace("payer: cigna", "payer: A county plan"))
    done = run("check", case, *ON)
    assert done.code == 0
    assert "No policy of this payer for this service and this plan is on file." in done.out


def test_check_looks_whether_each_exhibit_is_a_document(sample: Sample, run: Run) -> None:
    """Before anything is sent: a copy that has failed is told with its line, as `letter` does."""
    case = sample("esketamine")
    (case.parent / "rems.pdf").write_bytes(b"")
    done = run("check", case, *ON)
    assert done.code == run("letter", case, *ON, "-o", case.parent / "letter.pdf").code == 2
    assert "the file of exhibit E (rems) is empty (0 bytes)" in done.err
    assert "Verdict: " in done.out


def test_check_shows_by_when_who_must_have_acted(sample: Sample, run: Run) -> None:
    """Days where the start is known, words where it is not, each with its rule and mark."""
    case = sample("esketamine")
    out = " ".join(run("check", case, *ON).out.split())
    assert (
        "decision due 12/07/2026, if the payer receives the request on 11/22/2026: 15 days" in out
    )
    assert "29 CFR 2560.503-1(f)(2)(iii)(A), applied by 45 CFR 147.136(b), mark V." in out
    assert "appeal due 180 days after a denial is received" in out
    assert "renewal due 05/31/2027, if an approval begins 12/01/2026" in out
    case.write_text(case.read_text("utf-8").replace("  line_of_business: commercial\n", ""))
    out = " ".join(run("check", case, *ON).out.split())
    assert "not known Which line of business is the plan?" in out
    assert "decision due" not in out


def test_check_names_the_weekday_of_a_deadline_at_the_weekend(sample: Sample, run: Run) -> None:
    """A payer's office may be closed: staff see the day before it comes."""
    out = run("check", sample("esketamine"), "--on", "2026-11-20").out
    assert "12/05/2026, a Saturday, if the payer receives" in out


def data_of(done: Done) -> dict[str, Any]:
    """Return what a command has printed as JSON."""
    found: dict[str, Any] = json.loads(done.out)
    return found


def check_shape(data: dict[str, Any]) -> None:
    """Fail when the JSON is not exactly of its documented form."""
    assert list(data) == KEYS[""]
    for name in KEYS.keys() - {""}:
        for entry in data[name]:
            assert list(entry) == KEYS[name]
    for criterion in data["criteria"]:
        assert criterion["finding"] in ("met", "not_met", "unknown")
        for key in ("id", "kind", "requirement", "because", "would_change"):
            assert isinstance(criterion[key], str)
        for place in criterion["evidence"]:
            assert list(place) == ["exhibit", "page"]
            assert isinstance(place["exhibit"], str)
            assert isinstance(place["page"], int)
    for trial in data["trials"]:
        assert list(trial["weeks"]) == ["least", "greatest"]
        assert 0 <= trial["weeks"]["least"] <= trial["weeks"]["greatest"]
        assert isinstance(trial["counts"], bool)
        for key in ("drug", "class", "because"):
            assert isinstance(trial[key], str)
    for problem in data["problems"]:
        assert problem["severity"] in ("error", "warning", "hint")
        assert isinstance(problem["line"], int)


@pytest.mark.parametrize("name", NAMES)
def test_check_as_json_has_one_form(name: str, run: Run) -> None:
    """The keys, their order and the kinds of their values are fixed."""
    done = run("check", samples.find(name).path, "--json", *ON)
    assert done.code == (1 if name in NOT_READY else 0)
    assert done.err == ""
    data = data_of(done)
    check_shape(data)
    assert data["problems"] == []
    assert data["trials"]


def test_check_as_json_says_what_the_screen_says(run: Run) -> None:
    """Findings, evidence and trials of a sample, as a program reads them."""
    data = data_of(run("check", samples.find("esketamine").path, "--json", *ON))
    assert data["payer"] == "cigna"
    assert data["policy"] == "esketamine"
    assert data["version"] == "monotherapy"
    assert data["stance"] == "covered"
    assert data["overall"] == "met"
    [criterion] = [one for one in data["criteria"] if one["id"] == "failed_trials"]
    first = raw_case("esketamine")["treatments"][0]
    cited = [{"exhibit": e["exhibit"], "page": int(e["page"])} for e in first["evidence"]]
    assert criterion["evidence"][: len(cited)] == cited
    assert criterion["would_change"] == ""
    trials = {trial["drug"]: trial for trial in data["trials"]}
    assert trials[first["drug"]]["counts"]
    assert trials[first["drug"]]["weeks"]["least"] >= 6
    assert {trial["counts"] for trial in data["trials"]} == {True, False}


def test_check_tells_terms_notes_and_marks_of_the_version(run: Run) -> None:
    """What the version on file holds beside its criteria, and how far each is to be trusted."""
    path = samples.find("bcbsma-iv-ketamine").path
    out = " ".join(run("check", path, *ON).out.split())
    assert "First approval: 28 days" in out
    assert "Note: Request either drug with code G2082" in out
    assert "Read in the primary text, mark V: the policy's source" in out
    assert "Check before relying on it, mark V2: " in out
    data = data_of(run("check", path, "--json", *ON))
    assert data["terms"] == [{"what": "First approval", "says": "28 days"}]
    assert (data["source"]["mark"], data["source"]["read"]) == ("V", "own_document")
    assert any("G2082" in note for note in data["notes"])
    assert "the policy's source" in data["rests_on"]["V"]
    marks = {one["id"]: one["mark"] for one in data["criteria"]}
    assert {marks[name] for name in data["rests_on"]["V2"] if name in marks} == {"V2"}


def test_check_names_what_is_enclosed_and_cited_by_nothing(sample: Sample, run: Run) -> None:
    """An exhibit that nothing cites, and pages that the case itself encloses in vain."""
    case = sample("esketamine")
    text = case.read_text("utf-8")
    assert "cites it. Leave it out" not in run("check", case, *ON).out
    more = "  - {id: more, title: Labs, kind: other, file: rems.pdf}\nrationale:"
    text = text.replace("rationale:", more, 1).replace(
        "file: notes.pdf}", 'file: notes.pdf, pages: "1-7"}'
    )
    case.write_text(text, "utf-8")
    done = run("check", case, *ON)
    out = " ".join(done.out.split())
    assert done.code == 0
    assert "6 exhibits, cited on 12 pages: A 1-5,7; B 1-2;" in out
    assert (
        "A (notes): enclosed, and cited by nothing: 6. `pages: 1-5,7` leaves them out. "
        "F (more): no criterion and no fact cites it. Leave it out, or write `evidence:`" in out
    )
    found = data_of(run("check", case, "--json", *ON))["enclosed"]
    assert [one["uncited_pages"] for one in found] == [[6], None, None, None, None, None]
    assert (found[5]["letter"], found[5]["cited_pages"]) == ("F", [])


def test_check_as_json_of_a_stance_without_criteria(run: Run) -> None:
    """An experimental service has a stance and no criteria."""
    data = data_of(run("check", samples.find("iv-ketamine").path, "--json", *ON))
    assert (data["stance"], data["overall"], data["criteria"]) == ("experimental", "not_met", [])


CANNOT = {
    "there is no such file": None,
    "the file is empty": b"",
    "the file is not a case": b"- a\n- b\n",
    "the file is not readable as YAML here": b"a: [\n",
    "the file is not UTF-8 text": b"a: \xff\n",
    "is missing": b"patient: {name: {given: A, family: B}, birth_date: 1984-03-09}\n",
}


@pytest.mark.parametrize("what", CANNOT)
def test_check_as_json_of_a_case_that_cannot_be_read(what: str, run: Run, tmp_path: Path) -> None:
    """The form is the same: nothing is known, and the problems say why."""
    content = CANNOT[what]
    if content is not None:
        (tmp_path / "case.yaml").write_bytes(content)
    done = run("check", "case.yaml", "--json")
    assert (done.code, done.err) == (2, "")
    data = data_of(done)
    check_shape(data)
    assert [data[key] for key in KEYS[""][:5]] == [None] * 5
    assert data["criteria"] == data["trials"] == data["enclosed"] == []
    assert data["ready"] is False
    assert what in {problem["what"] for problem in data["problems"]}


@pytest.mark.parametrize("command", ["check", "letter"])
def test_a_case_that_is_a_folder_is_told(command: str, run: Run, tmp_path: Path) -> None:
    """A folder is not a case."""
    (tmp_path / "case").mkdir()
    done = run(command, "case")
    assert done.code == 2
    assert done.err.startswith("case: error: this is a folder, not a file.")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
@pytest.mark.parametrize("command", ["check", "letter"])
def test_a_case_that_may_not_be_read_is_told(command: str, run: Run, tmp_path: Path) -> None:
    """The reason is the system's."""
    (tmp_path / "case.yaml").write_text("a: b")
    (tmp_path / "case.yaml").chmod(0)
    done = run(command, "case.yaml")
    assert done.code == 2
    assert "Permission denied" in done.err


# --- letter ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["esketamine", "iv-ketamine"])
def test_letter_writes_the_letter(
    name: str, run: Run, made: Callable[[str], Made], tmp_path: Path
) -> None:
    """The same bytes as the program makes, readable by its owner alone, and nothing beside it."""
    done = run("letter", samples.find(name).path, *ON)
    assert done.code == 0
    assert done.err == ""
    assert done.out.startswith("letter.pdf  ready: ")
    assert names_in(tmp_path) == ["letter.pdf"]
    path = tmp_path / "letter.pdf"
    assert path.read_bytes() == made(name).pdf
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_letter_makes_the_folder_that_it_is_to_lie_in(run: Run, tmp_path: Path) -> None:
    """A folder that is not there yet is made."""
    case = samples.find("esketamine").path
    assert run("letter", case, "--html", "-o", "a/b/x.html", *ON).code == 0
    assert names_in(tmp_path / "a" / "b") == ["x.html"]


def test_letter_refuses_what_is_there_already(run: Run, tmp_path: Path) -> None:
    """Without --force it stays as it was, and the case is not even read."""
    (tmp_path / "letter.pdf").write_text("mine")
    done = run("letter", "nosuch.yaml")
    assert done.code == 2
    assert done.err == "letter.pdf is there already. Add --force to replace it.\n"
    assert (tmp_path / "letter.pdf").read_text() == "mine"


def test_letter_replaces_it_when_told_to(run: Run, tmp_path: Path) -> None:
    """With --force the new letter takes its place, for its owner alone."""
    path = tmp_path / "x.html"
    path.write_text("mine")
    path.chmod(0o644)
    case = samples.find("esketamine").path
    assert run("letter", case, "--html", "-o", "x.html", "--force", *ON).code == 0
    assert path.read_bytes().startswith(b"<!DOCTYPE html>")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert names_in(tmp_path) == ["x.html"]


def test_letter_is_not_written_while_questions_are_open(run: Run, tmp_path: Path) -> None:
    """They are listed, with the way to a draft; exit code 1."""
    done = run("letter", samples.find("open-questions").path, *ON)
    assert done.code == 1
    assert "No letter was written: questions are open. `--draft` makes a draft." in done.err
    assert " 1. " in done.err
    assert names_in(tmp_path) == []


def test_letter_makes_a_draft_when_told_to(run: Run, tmp_path: Path) -> None:
    """Each page says so, and the exit code still says that it is not ready."""
    done = run("letter", samples.find("open-questions").path, "--draft", *ON)
    assert done.code == 1
    assert "draft only" in done.out
    assert all("DRAFT" in page for page in pages_of(tmp_path / "letter.pdf"))


def test_letter_makes_a_draft_of_a_case_that_is_ready(run: Run, tmp_path: Path) -> None:
    """It says DRAFT, and neither the page nor the screen claims that a question is open."""
    done = run("letter", samples.find("esketamine").path, "--draft", *ON)
    assert done.code == 0
    pages = pages_of(tmp_path / "letter.pdf")
    assert all("DRAFT" in page for page in pages)
    assert "questions" not in pages[0].casefold()


def test_letter_writes_html(run: Run, made: Callable[[str], Made], tmp_path: Path) -> None:
    """The page before it is laid out, as the program makes it, and its style in it."""
    case = samples.find("esketamine").path
    assert run("letter", case, "--html", "-o", "x.html", *ON).code == 0
    before, style, after = re.split(
        r"(?s)<style>\n(.*)</style>\n", (tmp_path / "x.html").read_text()
    )
    assert before + after == made("esketamine").html
    assert ".letterhead { border-bottom: 1.5pt" in style
    assert "@media screen" in style


def test_html_opens_by_itself(run: Run, tmp_path: Path) -> None:
    """A browser needs no file beside the page, and fetches none."""
    assert run("letter", samples.find("esketamine").path, "--html", "-o", "x.html", *ON).code == 0
    page = (tmp_path / "x.html").read_text("utf-8")
    assert re.findall(r"@font-face|@import|url\(|<link|src=|https?://(?!www\.w3\.org)", page) == []


def test_a_style_of_the_users_own_is_in_the_html(run: Run, tmp_path: Path) -> None:
    """Their sheet takes the place of the shipped one; no text in it ends the style."""
    own = tmp_path / "own" / "templates"
    own.mkdir(parents=True)
    (own / "screen.css").write_text('p::after { content: "</style><b>" }', "utf-8")
    case = samples.find("esketamine").path
    command = ("letter", case, "--html", "-o", "x.html", "--library", tmp_path / "own", *ON)
    assert run(*command).code == 0
    page = (tmp_path / "x.html").read_text("utf-8")
    assert page.count("</style>") == 1
    assert r'content: "<\/style><b>"' in page
    assert "@media screen" not in page


def test_html_is_not_named_as_a_pdf(run: Run, tmp_path: Path) -> None:
    """Without a name HTML does not go into a file that calls itself a PDF."""
    assert run("letter", samples.find("esketamine").path, "--html", *ON).code == 0
    for path in tmp_path.iterdir():
        assert path.suffix == ".html"


@pytest.mark.parametrize("force", [(), ("--force",)])
def test_letter_into_a_folder_is_told(force: tuple[str, ...], run: Run, tmp_path: Path) -> None:
    """A folder is never replaced by a file, and is not said to be replaceable."""
    (tmp_path / "out").mkdir()
    done = run("letter", samples.find("esketamine").path, "-o", "out", *force, *ON)
    assert done.code == 2
    assert done.err.startswith("out ")
    assert "folder" in done.err
    assert "Add --force" not in done.err
    assert names_in(tmp_path) == ["out"]
    assert names_in(tmp_path / "out") == []


@pytest.mark.parametrize("kind", ["case", "template", "style"])
def test_letter_leaves_what_was_there_when_it_fails(
    kind: str, sample: Sample, run: Run, tmp_path: Path
) -> None:
    """Neither a mistake in the case nor one in the library touches the old letter."""
    case = sample("esketamine")
    own = tmp_path / "own" / "templates"
    own.mkdir(parents=True)
    if kind == "case":
        case.write_text(case.read_text("utf-8").replace("U1234567801", "!"))
    elif kind == "template":
        (own / "letter.html").write_text("{{ letter.nosuch }}")
    else:
        (own / "print.css").write_text("p { colour: red }")
    (tmp_path / "letter.pdf").write_text("mine")
    done = run("letter", case, "--force", "--library", "own", *ON)
    assert done.code == 2
    assert done.err
    assert (tmp_path / "letter.pdf").read_text() == "mine"
    assert names_in(tmp_path) == ["esketamine", "letter.pdf", "own"]


def test_letter_by_the_library_that_stands_here(sample: Sample, run: Run, tmp_path: Path) -> None:
    """`templates/` in the folder where the command runs lies over the shipped one."""
    case = sample("esketamine")
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "letter.html").write_text("<title>x</title>Ours")
    assert run("letter", case, "--html", "-o", "x.html", *ON).code == 0
    assert (tmp_path / "x.html").read_text() == "<title>x</title>Ours"


def test_a_warning_does_not_stop_the_letter(sample: Sample, run: Run) -> None:
    """It is shown, and the letter is written."""
    case = sample("esketamine")
    case.write_text(case.read_text("utf-8").replace("code: F33.2", "code: F33.42"))
    done = run("letter", case, "--draft", *ON)
    assert ": warning: " in done.err
    assert done.out.startswith("letter.pdf  ")
