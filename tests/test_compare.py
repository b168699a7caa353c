"""Two libraries beside each other: files, findings, letters, page pictures, git revisions."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import yaml
from conftest import DAY
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from test_check_library import small_templates

from priorauth.compare import Side, compare, report
from priorauth.compare.documents import Group, Made, Pair, grouped, restyled
from priorauth.compare.files import How, changed
from priorauth.compare.laying import Change, Layout, Sheets
from priorauth.compare.marks import look, marked
from priorauth.compare.pages import Box, Piece, Token, tokens
from priorauth.compare.passages import passages
from priorauth.compare.revisions import (
    EmptyRevisionError,
    NoGitError,
    NoRepositoryError,
    NoRevisionError,
    write_out,
)
from priorauth.compare.subjects import gather
from priorauth.library import Library, shipped
from priorauth.preview import DOCUMENTS
from priorauth.problems import Place, Problem, Severity

if TYPE_CHECKING:
    from pathlib import Path

    from priorauth.pdf import Printer

SHIPPED = Side("shipped", Library.open(), "")
POLICY = """
title: Acme Policy 7
services: [ect]
versions:
  - id: first
    effective_from: 2024-01-01
    stance: covered
    source: {title: Policy 7, read_on: 2026-11-01, read: own_document, mark: V, note: A letter.}
    criteria:
      all:
        - {id: age, requirement: The patient is 18 or older, kind: age, least: 18}
"""
EXAMPLES = """
base: esketamine
service: ect
on: 2026-11-22
change: {request.indication: mde, request.codes: [{code: "90870"}]}
examples:
  - {name: A girl of 16., change: {patient.birth_date: 2010-11-22}, expect: {age: not_met}}
  - {name: A woman of 42., expect: {age: met}}
"""


def side(folder: Path, **files: str) -> Side:
    """Return a library of one's own with these files of the payer acme, each over the shipped."""
    home = folder / "payers" / "acme"
    home.mkdir(parents=True, exist_ok=True)
    for name, text in {"payer": "name: Acme Health Plan\n", **files}.items():
        (home / f"{name}.yaml").write_text(text, "utf-8")
    return Side(folder.name, Library.open(folder), f"{folder.name}/")


# --- files ----------------------------------------------------------------------------------------


def fields(old: str, new: str, tmp_path: Path) -> list[tuple[str, str | None, str | None]]:
    """Return the fields that differ in two states of one policy file."""
    (one,) = changed(side(tmp_path / "old", p7=old), side(tmp_path / "new", p7=new))
    return [(each.field, each.old, each.new) for each in one.fields]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("least: 18", "least: 21", [("versions.first.criteria.all.age.least", "18", "21")]),
        ("Policy 7\n", "Policy 8\n", [("title", "Acme Policy 7", "Acme Policy 8")]),
        ("[ect]", "[ect, tms]", [("services", "[ect]", "[ect, tms]")]),
        ("    stance", "    notes: [A.]\n    stance", [("versions.first.notes", None, "[A.]")]),
        (
            "all:\n",
            "all:\n        - {id: sure, requirement: It is sure, kind: age, least: 1}\n",
            [("versions.first.criteria.all.sure", None, "It is sure")],
        ),
        (", least: 18", "", [("versions.first.criteria.all.age.least", "18", None)]),
        ("title: Acme", "# A word.\ntitle:   Acme", []),
    ],
)
def test_a_changed_file_tells_which_fields(
    before: str, after: str, told: list[tuple[str, str | None, str | None]], tmp_path: Path
) -> None:
    """Entries of lists are known by their ids, and comments are no change of the data."""
    assert before in POLICY
    assert fields(POLICY, POLICY.replace(before, after), tmp_path) == told


def test_files_are_added_removed_and_not_read(tmp_path: Path) -> None:
    """What people and editors put beside the data is left out."""
    old, new = side(tmp_path / "old", gone=POLICY), side(tmp_path / "new", come=POLICY)
    for name in ("README.md", ".hidden.yaml", "come.yaml~", "x.schema.json"):
        (tmp_path / "new" / "payers" / name).write_text("x", "utf-8")
    assert [(one.path, one.how) for one in changed(old, new)] == [
        ("payers/acme/come.yaml", How.ADDED),
        ("payers/acme/gone.yaml", How.REMOVED),
    ]


def test_libraries_with_the_same_files_do_not_differ(tmp_path: Path) -> None:
    """And nothing is weighed or made to find that out."""
    found = compare(side(tmp_path / "old"), side(tmp_path / "new"), DAY)
    assert not found.differs
    assert found.is_whole
    assert (found.outcomes, found.pairs, found.changes) == ((), (), ())


# --- findings -------------------------------------------------------------------------------------


def with_policy(folder: Path, **policies: str) -> Side:
    """Return a library of one's own with these policies, each with worked examples."""
    more = {f"{name}.examples": EXAMPLES for name in policies}
    return side(folder, **policies, **more)


@pytest.mark.no_cover
def test_a_payer_that_no_sample_names_is_compared(tmp_path: Path) -> None:
    """By its worked examples; a stricter age turns the finding of one of them."""
    old = with_policy(tmp_path / "old", p7=POLICY)
    new = with_policy(tmp_path / "new", p7=POLICY.replace("18}", "60}").replace("18 or", "60 or"))
    found = compare(old, new, DAY)
    assert found.differs
    assert {(one.subject.payer, one.subject.policy) for one in found.outcomes} == {("acme", "p7")}
    other, one = found.outcomes
    assert one.subject.name == 'example "A woman of 42."'
    told = {each.what: report.shown(each) for each in one.differences}
    assert (told["age"], told["overall"]) == ("met -> not met", "met -> not met")
    assert other.differences == ()
    (row,) = report.rows(found)
    assert row == ("acme", "p7", "1", "2", "1 of 2", f"2 of {len(DOCUMENTS)}")
    passage = next(p for change in found.seen for p in change.passages if "60" in p.new.changed)
    assert "The patient is 60 or older" in str(passage.new)
    assert "The patient is 18 or older" in str(passage.old)


def subjects(payer: str, *, weighed: bool = True) -> list[str]:
    """Return the cases of a shipped payer, by name."""
    return [one.name for one in gather(SHIPPED, SHIPPED, payer, DAY, weighed=weighed).subjects]


@pytest.mark.no_cover
def test_every_shipped_policy_has_cases_that_make_letters() -> None:
    """Where no sample is for the service, a worked example makes them."""
    for payer in SHIPPED.library.payers():
        found = gather(SHIPPED, SHIPPED, payer.id, DAY, weighed=False).subjects
        lettered = {one.policy for one in found if one.makes_letters}
        assert lettered == {file.id for file in payer.policies}
    assert subjects("medicare")[0].startswith("example ")
    assert len(subjects("medicare")) > len(subjects("medicare", weighed=False)) == 1


def test_a_version_to_come_is_looked_at_on_its_first_day(tmp_path: Path) -> None:
    """The samples are weighed then too, for on their own day it is not in force."""
    plain = POLICY.replace("[ect]", "[esketamine]")
    policy = yaml.safe_load(plain)
    later = yaml.safe_load(plain)["versions"][0] | {"id": "later", "effective_from": "2027-03-01"}
    policy["versions"][0]["effective_to"] = "2027-02-28"
    policy["versions"].append(later)
    text = yaml.safe_dump(policy, sort_keys=False).replace("'", "")
    old, new = side(tmp_path / "old", p7=plain), side(tmp_path / "new", p7=text)
    found = gather(old, new, "acme", DAY, weighed=True)
    days = {one.day.isoformat() for one in found.subjects if one.name == "sample esketamine"}
    assert days == {"2026-11-22", "2027-03-01"}


def test_a_policy_that_is_not_in_force_yet_is_looked_at_on_its_first_day(tmp_path: Path) -> None:
    """Though it is the same in both: a template may have changed."""
    later = POLICY.replace("2024-01-01", "2027-05").replace("[ect]", "[esketamine]")
    one = side(tmp_path / "one", p7=later)
    days = {found.day for found in gather(one, one, "acme", DAY, weighed=False).subjects}
    assert sorted(day.isoformat() for day in days) == ["2026-11-22", "2027-05-31"]


def test_a_new_payer_is_named_and_makes_no_documents(tmp_path: Path) -> None:
    """There is nothing that they could be compared with; its findings are told."""
    old = Side("old", Library.open(), "")
    new = with_policy(tmp_path / "new", p7=POLICY)
    found = compare(old, new, DAY)
    assert (found.added, found.removed, found.pairs) == (("acme",), (), ())
    (one,) = found.outcomes
    told = {each.what: report.shown(each) for each in one.differences}
    assert told["version"] == "none -> first"
    assert told["criteria"] == "none -> 1 not met"
    back = compare(new, old, DAY)
    assert (back.added, back.removed) == ((), ("acme",))


def test_a_broken_file_is_told_by_its_library_and_hides_no_other(tmp_path: Path) -> None:
    """The payer beside it is compared all the same."""
    other = POLICY.replace("7", "8")
    old = with_policy(tmp_path / "old", p7=POLICY, p8=other)
    new = with_policy(tmp_path / "new", p7=POLICY + "nosuch: 1\n", p8=other.replace("18}", "60}"))
    for name in ("old", "new"):
        small_templates(tmp_path / name)
    found = compare(old, new, DAY)
    assert not found.is_whole
    assert found.problems[0].place.file == "new/payers/acme/p7.yaml"
    assert {one.subject.policy for one in found.outcomes if one.differences} == {"p7", "p8"}


# --- documents ------------------------------------------------------------------------------------


def pair(name: str, old: str, new: str, *, own: bool = False) -> Pair:
    """Return a letter of a case by both libraries."""
    case = gather(SHIPPED, SHIPPED, "cigna", DAY, weighed=False).subjects[0]
    subject = replace(case, name=name, own=own)
    problem = Problem(Severity.ERROR, Place("letter.html", 1), "torn", "")
    return Pair(subject, "letter", *(Made(t) if t else Made(problem=problem) for t in (old, new)))


def test_documents_that_change_alike_are_laid_out_once() -> None:
    """One stands for all, a sample with its own payer before others; the rest stand alone."""
    pairs = [
        pair("a", "<p>Dear A</p><h2>Evidence</h2>", "<p>Dear A</p><h2>Studies</h2>"),
        pair("b", "<p>Dear B</p><h2>Evidence</h2>", "<p>Dear B</p><h2>Studies</h2>", own=True),
        pair("c", "<p>Dear C</p><h2>Evidence</h2>", "<p>Dear See</p><h2>Studies</h2>"),
        pair("d", "<p>Dear D</p>", "<p>Dear D</p>"),
    ]
    groups = grouped(pairs, looks=False)
    assert [[one.subject.name for one in group.pairs] for group in groups] == [["b", "a"], ["c"]]
    none = Sheets(None, None, DAY)
    change = Change(groups[0], none, none, ())
    assert report.alike(change) == "cigna esketamine, a, 2026-11-22"
    many = [pairs[0], *(replace(pairs[0], document=f"d{number}") for number in range(5))]
    change = Change(Group(tuple(many)), none, none, ())
    assert report.alike(change) == "cigna esketamine (5)"


def test_blanks_that_no_page_shows_are_no_change() -> None:
    """Those beside blocks; one between two words is a change."""
    assert not pair("a", "<p>A</p>\n\n<p>\n B</p>", "<p>A</p><p>B</p>").differs
    assert pair("a", "<p><b>A</b> <b>B</b></p>", "<p><b>A</b><b>B</b></p>").differs


def test_documents_that_cannot_be_made_for_one_reason_are_one_group() -> None:
    """Their own words do not tell them apart."""
    groups = grouped([pair("a", "<p>A</p>", ""), pair("b", "<p>B</p>", "")], looks=False)
    assert [len(group.pairs) for group in groups] == [2]


def test_a_new_style_lays_out_the_samples_with_their_own_payers() -> None:
    """Though their HTML is the same; the others would show the same again."""
    pairs = [pair("a", "<p>A</p>", "<p>A</p>", own=True), pair("b", "<p>B</p>", "<p>B</p>")]
    assert grouped(pairs, looks=False) == ()
    (group,) = grouped(pairs, looks=True)
    assert group.shown.subject.name == "a"
    assert restyled(["templates/print.css"])
    assert not restyled(["templates/letter.html", "payers/acme/payer.yaml"])


def test_the_same_words_with_another_look_are_found(tmp_path: Path) -> None:
    """Where the pages look different, and on which page."""
    old, new = side(tmp_path / "old"), side(tmp_path / "new")
    style = (shipped() / "templates" / "print.css").read_text("utf-8")
    (tmp_path / "new" / "templates").mkdir()
    (tmp_path / "new" / "templates" / "print.css").write_text(f"{style} h1 {{ color: #777 }}")
    html = page("<h1>A title</h1><p>Words.</p>")
    (group,) = grouped([pair("a", html, html, own=True)], looks=True)
    change = Layout(old, new).change(group)
    assert change.passages == ()
    ((number, (place, *more)),) = change.looks
    assert (number, more, change.spreads) == (1, [], ((1, 1),))
    assert 0.5 < place.top < place.bottom < 1.7
    assert report.what(change) == "the same words, another look on page 1"
    assert change.boxes(1, new=True) == (place,)


def test_a_page_that_cannot_be_laid_out_is_told_and_is_a_change(tmp_path: Path) -> None:
    """By the library that cannot."""
    old, new = side(tmp_path / "old"), side(tmp_path / "new")
    (tmp_path / "new" / "templates").mkdir()
    (tmp_path / "new" / "templates" / "print.css").write_text("@import url('file:///x.css');")
    layout = Layout(old, new)
    (group,) = grouped([pair("a", page("<p>A</p>"), page("<p>B</p>"))], looks=False)
    change = layout.change(group)
    assert change.is_seen
    assert report.what(change) == "cannot be made by the new library"
    assert [one.place.file for one in layout.problems] == ["new/templates/print.css"]


# --- pages ----------------------------------------------------------------------------------------


def page(body: str) -> str:
    """Return a document."""
    return f'<html lang="en"><head><title>T</title></head><body>{body}</body></html>'


def read(printer: Printer, body: str) -> tuple[Token, ...]:
    """Return the tokens of a document as laid out."""
    return tokens(printer.lay_out(page(body)))


LONG = "".join(f"<p>Paragraph {number} says what it says, and no more.</p>" for number in range(60))
TABLE = "<table><thead><tr><th>Drug</th><th>Dose</th></tr></thead>{}</table>"


def row(drug: str, dose: str) -> str:
    """Return a row of a table."""
    return f"<tbody><tr><th>{drug}</th><td>{dose}</td></tr></tbody>"


def test_one_word_is_one_passage_with_its_words_around_it(printer: Printer) -> None:
    """It names the heading, keeps to its paragraph, and knows where the word stands."""
    text = "<h2>Criteria</h2><p>Each trial lasts for {} weeks at least.</p><p>Other words.</p>"
    (one,) = passages(read(printer, text.format(6)), read(printer, text.format(8)))
    assert one.heading == "Criteria"
    assert str(one.old) == "Each trial lasts for 6 weeks at least."
    assert (one.new.before, one.new.changed) == ("Each trial lasts for ", "8")
    (box,) = one.new.boxes
    assert box.page == 1
    assert 0 < box.right - box.left < 0.2
    assert 0 < box.bottom - box.top < 0.3


def test_what_only_moves_is_no_passage(printer: Printer) -> None:
    """A paragraph more moves all others to other pages and lines; only it is told."""
    more = "<p>One paragraph more, which pushes the others down.</p>"
    (one,) = passages(read(printer, LONG), read(printer, more + LONG))
    assert (str(one.old), one.new.changed) == (
        "",
        "One paragraph more, which pushes the others down.",
    )


def test_a_table_head_that_a_page_repeats_is_no_passage(printer: Printer) -> None:
    """It comes once, wherever the table breaks."""
    rows = "".join(row(f"Drug {number}", f"{number} mg") for number in range(60))
    old, new = TABLE.format(rows), f"<p>More.</p><p>Words.</p>{TABLE.format(rows)}"
    (one,) = passages(read(printer, old), read(printer, new))
    assert one.new.changed == "More. / Words."


WORDS = st.lists(st.sampled_from(("a", "b", "c", "d", ".")), max_size=12)


def line(words: list[str]) -> tuple[Token, ...]:
    """Return words as tokens of one line, two words a paragraph."""
    piece = Piece(" ".join(words), 1, 0, 0, 100, 10)
    return tuple(Token(word, piece, 0, n // 2, 0, True, "") for n, word in enumerate(words))  # noqa: FBT003 - spaced


@given(WORDS, WORDS)
def test_passages_hold_every_change_and_nothing_else(old: list[str], new: list[str]) -> None:
    """The same words have none; and what is not in a passage is the same on both sides."""
    found = passages(line(old), line(new))
    assert bool(found) == (old != new)
    sides = ((old, [one.old for one in found]), (new, [one.new for one in found]))
    before, after = (len(words) - sum(len(text.boxes) for text in texts) for words, texts in sides)
    assert before == after


def test_a_row_is_told_with_its_cells(printer: Printer) -> None:
    """The reader sees which drug the dose is of."""
    old, new = (read(printer, TABLE.format(row("Sertraline", dose))) for dose in ("50 mg", "75 mg"))
    (one,) = passages(old, new)
    assert (str(one.old), str(one.new)) == ("Sertraline | 50 mg", "Sertraline | 75 mg")


def test_a_word_that_breaks_at_a_line_s_end_is_the_same_word(printer: Printer) -> None:
    """`mg/day` in one line and over two."""
    for width in (30, 200):
        found = read(printer, f'<p style="width: {width}px">50 mg/day</p>')
        assert [token.text for token in found[-4:]] == ["50", "mg", "/", "day"]


def test_the_words_of_a_figure_are_read(printer: Printer) -> None:
    """They are drawn, not laid out, and stand near where they are drawn."""
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="40" viewBox="0 0 400 40">'
        '<title>No word of the page</title><text x="200" y="20">{}</text></svg>'
    )
    old, new = (read(printer, svg.format(word)) for word in ("2025", "2026"))
    (one,) = passages(old, new)
    assert (one.old.changed, one.new.changed) == ("2025", "2026")


def test_pictures_differ_where_they_differ() -> None:
    """Each place is found, near enough; the same pictures have none."""
    old = Image.new("L", (850, 1100), 255)
    new = old.copy()
    pen = ImageDraw.Draw(new)
    pen.rectangle((100, 200, 300, 210), fill=0)
    pen.rectangle((400, 800, 420, 815), fill=0)
    first, second = look(old, new, 1, 100)
    assert (first.left, first.top) == (1.0, 2.0)
    assert (second.left, second.top, second.page) == (4.0, 8.0, 1)
    assert look(old, old.copy(), 1, 100) == ()
    assert look(None, new, 2, 100) == (Box(2, 0, 0, 8.5, 11.0),)


def test_a_mark_veils_the_place_and_stands_in_the_margin() -> None:
    """The old in red, the new in blue."""
    page_ = Image.new("L", (850, 1100), 255)
    box = Box(1, 2.0, 3.0, 2.5, 3.2)
    for new, strongest in ((False, 0), (True, 2)):
        shown = marked(page_, [box], 100, new=new)
        for place in ((3, 310), (220, 310)):
            color = shown.getpixel(place)
            assert isinstance(color, tuple)
            assert color.index(max(color)) == strongest
            assert min(color) < 255
        assert shown.getpixel((600, 310)) == (255, 255, 255)


# --- git ------------------------------------------------------------------------------------------


def git(folder: Path, *arguments: str) -> None:
    """Run git in a folder, as somebody."""
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)


needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed here")


@needs_git
def test_a_revision_is_written_out_from_below_the_top(tmp_path: Path) -> None:
    """Only payers/ and templates/ of the folder that is asked about, as they were."""
    lib = tmp_path / "repo" / "lib"
    side(lib, p7=POLICY)
    git(tmp_path / "repo", "init", "-q")
    git(lib, "add", ".")
    git(lib, "commit", "-qm", "first")
    (lib / "payers" / "acme" / "p7.yaml").unlink()
    write_out("HEAD", lib, tmp_path / "out")
    found = sorted(p.relative_to(tmp_path / "out") for p in (tmp_path / "out").rglob("*.yaml"))
    assert [path.as_posix() for path in found] == ["payers/acme/p7.yaml", "payers/acme/payer.yaml"]
    with pytest.raises(NoRevisionError, match=r"^HEAD~1 is neither a folder nor a git revision of"):
        write_out("HEAD~1", lib, tmp_path / "out")
    with pytest.raises(EmptyRevisionError, match="has neither payers/ nor templates/ in"):
        write_out("HEAD", tmp_path / "repo", tmp_path / "out")


@needs_git
def test_a_folder_outside_of_git_has_no_revisions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message says what to name instead."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(NoRepositoryError, match="Name two folders that hold payers/ or templates/"):
        write_out("HEAD", tmp_path, tmp_path / "out")


def test_without_git_a_revision_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And folders are named as the way out."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoGitError, match="git is not installed"):
        write_out("HEAD", tmp_path, tmp_path / "out")


def test_a_problem_is_named_by_its_library(tmp_path: Path) -> None:
    """Not by the folder that a revision was written into; a shipped file keeps its name."""
    one = Side("HEAD~1", side(tmp_path / "temporary", p7="nosuch: 1\n").library, "HEAD~1:")
    told = {one.told(problem).place.file for problem in one.library.payer("acme").problems}
    assert told == {"HEAD~1:payers/acme/p7.yaml"}
    found = one.library.payer("acme").problems[0]
    assert one.told(found).what == found.what
    assert shipped().is_dir()
