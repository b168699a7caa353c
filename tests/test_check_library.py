"""`check` without a case: every slip in the library is told with its place and what to write."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from cases import policy, version, write

from priorauth.check import check_forms, check_payers, check_templates
from priorauth.library import Library, shipped
from priorauth.preview import DOCUMENTS
from priorauth.problems import Severity

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Done

    Run = Callable[..., Done]

DAY = date(2026, 11, 24)
ONE = ("esketamine",)
ADULT = {"id": "adult", "requirement": "18 or older", "kind": "age", "least": 18}
PAYER = {
    "name": "Acme",
    "addresses": [{"fax": "800-555-0100", "source": "the card", "read_on": "2026-11-01"}],
}
SOURCE = {"title": "T", "url": "https://a.example", "read": "secondary", "mark": "V2"}
EXAMPLES: dict[str, Any] = {
    "base": "esketamine",
    "on": "2026-11-23",
    "examples": [
        {"name": "An adult.", "expect": {"adult": "met"}},
        {
            "name": "A child.",
            "change": {
                "patient.birth_date": "2015-01-01",
                "treatments": [],
                "scores": [],
                "diagnoses": [{"code": "F33.2"}],
            },
            "expect": {"adult": "not_met"},
        },
    ],
}


def covered(*criteria: dict[str, Any], **values: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return a version that covers by these criteria."""
    source = {**SOURCE, "read_on": "2026-11-01"}
    parts = {"all": list(criteria or (ADULT,))}
    return version(**{"stance": "covered", "criteria": parts, "source": source, **values})


def told(root: Path, day: date = DAY) -> list[str]:
    """Return what is said of a library of one folder with the shipped templates, no hints."""
    library = Library((root,))
    return [
        str(problem).replace(f"{root}/", "")
        for problem in check_payers(library, day)
        if problem.severity is not Severity.HINT
    ]


def test_a_gap_between_versions_that_is_explained_is_only_a_hint(tmp_path: Path) -> None:
    """Where no source says what governed, the reason stands in the file and is told."""
    why = "No copy bears the day of the change."
    old = covered(id="old", effective_from="2023-01-01", effective_to="2023-12-31", gap_after=why)
    examples = {**EXAMPLES, "examples": [{"name": "An adult.", "expect": {"adult": "met"}}]}
    write(tmp_path, "acme", payer=PAYER, esk=policy(old, covered()), esk__examples=examples)
    assert told(tmp_path) == []
    hints = [str(problem) for problem in check_payers(Library((tmp_path,)), DAY)]
    assert any(f"between old and v1. {why} Add the version" in hint for hint in hints)


def test_a_small_library_that_is_right_has_nothing_to_tell(tmp_path: Path) -> None:
    """A payer, one policy, its examples."""
    write(tmp_path, "acme", payer=PAYER, esk=policy(covered()), esk__examples=EXAMPLES)
    assert told(tmp_path) == []


POLICIES: list[tuple[dict[str, Any], str]] = [
    (
        policy(covered(source={**SOURCE, "read_on": "2025-01-01"})),
        (
            "payers/acme/esk.yaml:13: warning: versions.0.source.read_on: the source was read more "
            "than a year ago. Read it again; if nothing changed, write the new day."
        ),
    ),
    (
        policy(covered(source={**SOURCE, "read_on": "2026-12-01"})),
        (
            "payers/acme/esk.yaml:13: error: versions.0.source.read_on: the source was read on "
            "a day "
            "that is still to come. Write the day on which it was read."
        ),
    ),
    (
        policy(covered(effective_to="2026-01-31")),
        (
            "payers/acme/esk.yaml:4: warning: versions: no version is in force on 2026-11-24. "
            "Add the "
            "version that the payer publishes now."
        ),
    ),
    (
        policy(
            covered(id="old", effective_from="2023-01-01", effective_to="2023-12-31"), covered()
        ),
        (
            "payers/acme/esk.yaml:22: warning: versions.1.effective_from: no version is in force "
            "between old and v1. Add the version that was, correct the days, or say why in "
            "`gap_after:`."
        ),
    ),
    (
        policy(
            covered(
                ADULT,
                {"id": "d", "requirement": "MDD", "kind": "diagnosis", "one_of": ["F33", "Q99.77"]},
            )
        ),
        (
            "one_of.1: no code of ICD-10-CM 2026, update of 2026-04-01 begins like this. Write "
            "a code "
            "or a category, such as F33 or F33.2."
        ),
    ),
    (
        policy(
            covered(
                ADULT, {"id": "a", "requirement": "A", "kind": "augmentation", "agents": ["lithum"]}
            )
        ),
        "agents.0: this drug is not known here. Did you mean lithium, lithium ir or lithium er?",
    ),
    (
        policy(
            covered(
                ADULT, {"id": "a", "requirement": "A", "kind": "augmentation", "classes": ["SGAs"]}
            )
        ),
        "classes.0: no drug here has this class. Did you mean SGA?",
    ),
    (
        policy(
            covered(
                ADULT,
                {"id": "q", "requirement": "Q", "kind": "quantity", "most_units": {"J9999": 3}},
            )
        ),
        (
            "most_units.J9999: this code is not on file for the policy's service. Check it in the "
            "policy; requests would not carry it."
        ),
    ),
    (
        policy(
            covered(
                ADULT,
                {"id": "q", "requirement": "Q", "kind": "quantity", "most_units": {"S0013": 3}},
                effective_from="2026-02-01",
            )
        ),
        (
            "most_units.S0013: this code is not valid while the version is in force. Write the "
            "code "
            "that replaced it."
        ),
    ),
]


@pytest.mark.parametrize(("values", "said"), POLICIES, ids=lambda one: str(one)[-60:])
def test_a_doubtful_policy_is_told(values: dict[str, Any], said: str, tmp_path: Path) -> None:
    """With file, line and field, and what to write."""
    write(tmp_path, "acme", payer=PAYER, esk=values, esk__examples=EXAMPLES)
    found = "\n".join(told(tmp_path))
    assert said in found


@pytest.mark.parametrize(
    ("example", "said"),
    [
        (
            {"change": {"treatmnts.0.outcome": "response"}},
            (
                "esk.examples.yaml:7: error: examples.1: in the case that this example makes: "
                "a key here is not known. Did you mean `treatments`?"
            ),
        ),
        (
            {"change": {"treatments.99.outcome": "response"}},
            (
                "esk.examples.yaml:7: error: examples.1: in the case that this example makes: "
                "treatments.99.outcome: this path leads nowhere in the base case."
            ),
        ),
        (
            {"change": {"patient.birth_date": "1.1.2015"}},
            (
                "esk.examples.yaml:7: error: examples.1: in the case that this example makes: "
                "patient.birth_date: must be a day of the calendar"
            ),
        ),
    ],
)
def test_an_example_that_makes_no_case_is_told_and_hides_no_other(
    example: dict[str, Any], said: str, tmp_path: Path
) -> None:
    """With the line where the example stands; the examples around it are held all the same."""
    one = {"name": "An adult.", "expect": {"adult": "not_met"}}
    broken = {"name": "B", **example, "expect": {"adult": "met"}}
    own = {"base": "esketamine", "on": "2026-11-23", "examples": [one, broken, one]}
    write(tmp_path, "acme", payer=PAYER, esk=policy(covered()), esk__examples=own)
    found = told(tmp_path)
    assert [text for text in found if said in text] == [found[1]]
    assert sum("the example expects not_met" in text for text in found) == 2


def test_a_base_that_is_not_there_is_told_and_hides_no_other_payer(tmp_path: Path) -> None:
    """A misspelt sample stops neither the check nor its neighbours."""
    own = {**EXAMPLES, "base": "esketamin"}
    write(tmp_path, "acme", payer=PAYER, esk=policy(covered()), esk__examples=own)
    write(tmp_path, "zenith", payer=PAYER, esk=policy(covered()))
    found = told(tmp_path)
    assert found[0].startswith(
        "payers/acme/esk.examples.yaml:1: error: base: there is no sample of that name. "
        "Did you mean esketamine"
    )
    assert "payers/zenith/esk.yaml:1: warning: the policy has no worked examples" in found[1]


def test_a_policy_without_examples_is_told(tmp_path: Path) -> None:
    """Nobody has seen it decide."""
    write(tmp_path, "acme", payer=PAYER, esk=policy(covered()))
    assert told(tmp_path) == [
        (
            "payers/acme/esk.yaml:1: warning: the policy has no worked examples: nobody has "
            "seen it "
            "decide a case. Write esk.examples.yaml beside it."
        )
    ]


def test_an_example_that_comes_out_otherwise_is_told(tmp_path: Path) -> None:
    """With its line, what was expected and what came out."""
    wrong = {**EXAMPLES, "examples": [{"name": "An adult.", "expect": {"adult": "not_met"}}]}
    write(tmp_path, "acme", payer=PAYER, esk=policy(covered()), esk__examples=wrong)
    assert told(tmp_path) == [
        (
            "payers/acme/esk.examples.yaml:6: error: examples.0.expect.adult: the example expects "
            "not_met, and what comes out is met. Correct the policy or the example, whichever is "
            "wrong."
        )
    ]


def test_an_example_of_a_criterion_that_is_not_there_is_told(tmp_path: Path) -> None:
    """A misspelt id is no silent pass."""
    wrong = {**EXAMPLES, "examples": [{"name": "An adult.", "expect": {"adlt": "met"}}]}
    write(tmp_path, "acme", payer=PAYER, esk=policy(covered()), esk__examples=wrong)
    assert "what comes out is nothing: no criterion or version has this id" in told(tmp_path)[0]


def test_answers_that_no_example_shows_are_hints(tmp_path: Path) -> None:
    """So that a later change is noticed."""
    few = {**EXAMPLES, "examples": EXAMPLES["examples"][:1]}
    write(tmp_path, "acme", payer=PAYER, esk=policy(covered()), esk__examples=few)
    found = [str(p) for p in check_payers(Library((tmp_path,)), DAY)]
    assert any("no example of version v1 shows adult not met. Add one" in text for text in found)


def test_one_broken_file_hides_no_other(tmp_path: Path) -> None:
    """A policy that cannot be read, a payer without its file, and a failing example at once."""
    wrong = {**EXAMPLES, "examples": [{"name": "An adult.", "expect": {"adult": "not_met"}}]}
    write(
        tmp_path, "acme", payer=PAYER, broken="title: [", esk=policy(covered()), esk__examples=wrong
    )
    write(tmp_path, "lone", esk=policy(covered()))
    found = told(tmp_path)
    assert any(text.startswith("payers/acme/broken.yaml:") for text in found)
    assert any("the example expects not_met" in text for text in found)
    assert any(
        text == "payers/lone/payer.yaml: error: the payer has no file of its own: the letters "
        "would lack its name. Write it with at least `name:`."
        for text in found
    )


# --- templates ------------------------------------------------------------------------------------


SMALL = (
    '<!DOCTYPE html>\n<html lang="en-US"><head><title>{{ letter.title }}</title></head><body>'
    "{% block request %}<p>{{ letter.patient }}</p>{% endblock %}</body></html>"
)


def small_templates(root: Path, **files: str) -> None:
    """Write templates over the shipped ones that are quick to print, and others as given."""
    for name, text in {**dict.fromkeys(DOCUMENTS, SMALL), **files}.items():
        path = root / "templates" / (name.replace("__", "/") + ".html")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def of_templates(root: Path, **files: str) -> list[str]:
    """Return what is said of own templates, no hints."""
    small_templates(root, **files)
    return [str(problem) for problem in check_templates(Library.open(root), DAY, ONE)]


TEMPLATES = [
    (
        '{% extends "letter.html" %}\n{% block request %}{{ letter.patint }}{% endblock %}',
        (
            "templates/acme/letter.html:2: error: it uses a variable that is not there: patint. "
            "Did you mean patient?"
        ),
    ),
    (
        '{% extends "letter.html" %}\n{% block reqest %}x{% endblock %}',
        (
            "templates/acme/letter.html:2: error: letter.html has no block reqest: nothing of this "
            "one "
            "is printed. Did you mean request?"
        ),
    ),
    (
        '{% extends "letter.html" %}\n<p>Dear reviewer</p>',
        (
            "templates/acme/letter.html:2: error: this stands outside of every block, and is not "
            "printed. Move it into the block where it belongs."
        ),
    ),
    (
        '{% extends "letter.html" %}\n{% block request %}{{ letter.patient }{% endblock %}',
        (
            "templates/acme/letter.html:2: error: the template is not readable. Look for a "
            "bracket or "
            "a block that is not closed."
        ),
    ),
    (
        '{% extends "letter.html" %}\n{% block request %}{{ letter.__class__ }}{% endblock %}',
        (
            "templates/acme/letter.html:2: error: it reaches for something templates may not use. "
            "Use only `letter`."
        ),
    ),
    (
        '{% extends "letter.html" %}\n{% block request %}<img src="logo.png" alt="">{% endblock %}',
        (
            "templates/acme/letter.html: error: The letter cannot be laid out as its template "
            "wants: a template may only use files that are in the template folders and not "
            "logo.png. Look at the last change to templates/."
        ),
    ),
    (
        (
            '{% extends "letter.html" %}\n{% block request %}<p style="colour: red">x</p>{% '
            "endblock %}"
        ),
        (
            "templates/acme/letter.html: error: The letter cannot be laid out as its template "
            "wants: "
            "Ignored `colour: red` at 1:1, unknown property. Look at the last change to "
            "templates/."
        ),
    ),
]


@pytest.mark.parametrize(("text", "said"), TEMPLATES, ids=lambda one: one[-40:])
def test_a_slip_in_a_template_is_told(text: str, said: str, tmp_path: Path) -> None:
    """With file and line, and what to write; only once, whatever the number of samples."""
    assert of_templates(tmp_path, acme__letter=text) == [said]


def test_a_page_that_two_templates_make_is_told_for_both(tmp_path: Path) -> None:
    """A payer's template that changes nothing fails as everyone's does."""
    letter = SMALL.replace("<p>", '<p style="colour: red">')
    found = of_templates(tmp_path, letter=letter, acme__letter='{% extends "letter.html" %}')
    assert [text.split(": ", 1)[0] for text in found] == [
        "templates/letter.html",
        "templates/acme/letter.html",
    ]


def test_a_right_template_of_a_payer_has_nothing_to_tell(tmp_path: Path) -> None:
    """A block that is replaced, with a block of its own inside, and comments outside."""
    text = (
        '{% extends "letter.html" %}\n{# Acme wants this first #}\n'
        "{% block request %}{{ super() }}<p>{% block more %}More{% endblock %}</p>{% endblock %}"
    )
    assert of_templates(tmp_path, acme__letter=text) == []


def test_a_template_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    """As an old editor saves it."""
    small_templates(tmp_path, acme__letter="")
    (tmp_path / "templates" / "acme" / "letter.html").write_bytes(
        "{% extends 'letter.html' %}{% block request %}é{% endblock %}".encode("cp1252")
    )
    assert [str(p) for p in check_templates(Library.open(tmp_path), DAY, ONE)] == [
        (
            "templates/acme/letter.html: error: a template is not UTF-8 text. Save it again with "
            "the "
            'encoding "UTF-8".'
        )
    ]


def test_a_style_sheet_that_is_refused_is_told(tmp_path: Path) -> None:
    """One that fetches from the network stops every page."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "print.css").write_text("@import url(https://a.example/x.css);")
    (found,) = check_templates(Library.open(tmp_path), DAY, ONE)
    assert str(found).startswith("templates/print.css: error: The letter cannot be laid out")


# --- the command ----------------------------------------------------------------------------------


@pytest.mark.no_cover
def test_the_command_counts_and_orders_what_it_finds(run: Run, tmp_path: Path) -> None:
    """Errors first, then warnings; the last line counts; 2 with errors."""
    own = write(tmp_path / "own", "acme", payer=PAYER, esk=policy(covered()), broken="title: [")
    done = run("check", "--on", str(DAY), "--library", own)
    assert done.code == 2
    kinds = re.findall(r"(?m)^\S+?(?::\d+)?: (error|warning|hint): ", done.err)
    assert kinds == sorted(kinds, key=["error", "warning", "hint"].index)
    assert "payers/acme/esk.yaml:1: warning: the policy has no worked examples" in done.err
    assert re.fullmatch(
        r"\d+ payers, \d+ policies: 1 error, 1 warning, \d+ hints\n"
        r"Not listed: \d+ hints on the files that come with the program; --json lists all.\n",
        done.out,
    )
    assert str(shipped()) not in done.err


def test_a_form_that_a_payer_asks_for_must_be_there(tmp_path: Path) -> None:
    """A form that waits for its PDF is a hint, and a warning once packets cannot be made."""
    payer = {**PAYER, "forms": ["texas-standard/nofr001"]}
    write(tmp_path, "acme", payer=payer)
    (found,) = check_forms(Library((tmp_path, shipped())), DAY)
    assert found.severity is Severity.WARNING
    (found,) = check_forms(Library.open(), DAY)
    assert found.severity is Severity.HINT


@pytest.mark.no_cover
def test_the_command_says_the_same_as_json(run: Run, tmp_path: Path) -> None:
    """For programs; 1 with warnings alone.

    What we ship passes our own check: its hints say what no source told us.
    """
    own = write(tmp_path / "own", "acme", payer=PAYER, esk=policy(covered()))
    small_templates(own)  # the shipped ones are printed in the test above
    done = run("check", "--on", str(DAY), "--library", own, "--json")
    assert done.code == 1
    found = json.loads(done.out)["problems"]
    assert {one["severity"] for one in found} == {"warning", "hint"}
    assert found[0]["severity"] == "warning"
    ours = [one for one in found if one["file"].startswith(str(shipped()))]
    assert [one for one in ours if one["severity"] != "hint"] == []
    assert {one["severity"] for one in ours} == {"hint"}  # what we ship is in order: exit code 0
    assert "the PDF of this form is not there" in {one["what"] for one in ours}
