"""The flow from a case file to a letter: each step's result is the next one's ground."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from typing import TYPE_CHECKING

import pytest
from conftest import DAY, NAMES, raw_case, words_of

from priorauth import pipeline, samples
from priorauth.criteria import LetterKind
from priorauth.library import Library
from priorauth.render import BadTemplateError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Made

    from priorauth.pdf import Printer

ANY_SAMPLE = pytest.mark.parametrize("name", NAMES)
KINDS = {
    "bcbsma-iv-ketamine": (LetterKind.REQUEST, True),
    "esketamine": (LetterKind.REQUEST, True),
    "esketamine-appeal": (LetterKind.REQUEST, True),
    "esketamine-renewal": (LetterKind.REQUEST, True),
    "iv-ketamine": (LetterKind.EXCEPTION, True),
    "open-questions": (LetterKind.REQUEST, False),
    "qualchoice-esketamine": (LetterKind.REQUEST, True),
}


@ANY_SAMPLE
def test_a_sample_gives_the_letter_it_was_made_for(name: str, library: Library) -> None:
    """Which letter, and whether it can be sent, is settled by the weighing alone."""
    weighed = pipeline.weigh(samples.find(name).path, library, DAY)
    assert weighed.problems == ()
    assert weighed.verdict is not None
    assert (weighed.verdict.kind, weighed.verdict.ready) == KINDS[name]


def test_a_case_that_cannot_be_read_has_problems_and_no_verdict(
    library: Library, tmp_path: Path
) -> None:
    """Nothing is weighed that was not understood."""
    path = tmp_path / "case.yaml"
    path.write_text("patient: {name: Dana Whitfield}", "utf-8")
    weighed = pipeline.weigh(path, library, DAY)
    assert weighed.verdict is None
    assert weighed.problems
    assert "Whitfield" not in repr(weighed)


def test_what_the_weighing_finds_in_vain_is_told_with_its_line(
    library: Library, tmp_path: Path
) -> None:
    """Staff look for the word in the file, whichever step missed something."""
    path = samples.find("esketamine").copy_to(tmp_path)
    text = path.read_text("utf-8")
    path.write_text(text.replace("payer: cigna", "payer: cinga"), "utf-8")
    line = text[: text.index("payer: cigna")].count("\n") + 1
    [told] = pipeline.weigh(path, library, DAY).problems
    assert str(told.place) == f"{path}:{line}"
    assert told.fix == "Did you mean cigna?"


def test_an_exhibit_that_is_not_there_stops_the_letter(library: Library, tmp_path: Path) -> None:
    """What the case says is enclosed must lie beside it."""
    path = samples.find("esketamine").copy_to(tmp_path)
    (tmp_path / raw_case("esketamine")["exhibits"][2]["file"]).unlink()
    weighed = pipeline.weigh(path, library, DAY)
    assert weighed.verdict is None
    [problem] = weighed.problems
    assert problem.place.field == "exhibits.2.file"


def test_a_case_in_json_gives_the_same_letter(
    library: Library, made: Callable[[str], Made], tmp_path: Path
) -> None:
    """YAML and JSON are two ways to write one case."""
    samples.find("esketamine").copy_to(tmp_path)
    path = tmp_path / "case.json"
    path.write_text(json.dumps(raw_case("esketamine")), "utf-8")
    weighed = pipeline.weigh(path, library, DAY)
    assert weighed.verdict is not None
    assert pipeline.html(weighed.verdict, library) == made("esketamine").html


def test_the_day_is_an_argument(library: Library) -> None:
    """The same case on another day is another letter: the day picks version and age."""
    path = samples.find("esketamine").path
    later = pipeline.weigh(path, library, date(2027, 3, 9))
    assert later.verdict is not None
    text = words_of(pipeline.html(later.verdict, library))
    assert "March 9, 2027" in text
    assert "43 years old on 03/09/2027" in text


def test_a_draft_can_be_asked_for(library: Library, made: Callable[[str], Made]) -> None:
    """A case that is ready can be printed as a draft all the same."""
    html = pipeline.html(made("esketamine").verdict, library, draft=True)
    assert 'class="draft"' in html
    assert 'class="draft"' not in made("esketamine").html


def test_a_library_of_ones_own_lies_over_the_shipped_one(
    made: Callable[[str], Made], tmp_path: Path
) -> None:
    """A payer's own template is used for its letters, and the shipped parts stay in use."""
    own = tmp_path / "templates" / "cigna"
    own.mkdir(parents=True)
    (own / "letter.html").write_text(
        '{% extends "letter.html" %}{% block heading %}<h1>Ours</h1>{% endblock %}', "utf-8"
    )
    library = Library.open(tmp_path)
    assert "<h1>Ours</h1>" in pipeline.html(made("esketamine").verdict, library)
    assert "<h1>Ours</h1>" not in pipeline.html(made("iv-ketamine").verdict, library)
    assert 'class="signature"' in pipeline.html(made("esketamine").verdict, library)


def test_a_template_of_ones_own_with_a_mistake_is_told(
    made: Callable[[str], Made], tmp_path: Path
) -> None:
    """The mistake is the template's, not the case's."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "letter.html").write_text("{{ letter.nosuch }}", "utf-8")
    with pytest.raises(BadTemplateError):
        pipeline.html(made("esketamine").verdict, Library.open(tmp_path))


def test_a_printer_that_is_given_is_used(
    made: Callable[[str], Made], library: Library, printer: Printer
) -> None:
    """With and without it the letter is the same."""
    verdict = made("iv-ketamine").verdict
    assert pipeline.pdf(verdict, library, printer) == made("iv-ketamine").pdf


def test_weighing_needs_no_weasyprint() -> None:
    """Only a PDF brings in the layout engine, which takes its time to load."""
    code = (
        "import sys; from datetime import date; from priorauth import pipeline, samples\n"
        "from priorauth.library import Library\n"
        "library = Library.open()\n"
        "found = pipeline.weigh(samples.find('esketamine').path, library, date(2026, 11, 22))\n"
        "pipeline.html(found.verdict, library)\n"
        "print('weasyprint' in sys.modules)"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, check=True, encoding="utf-8")
    assert done.stdout == "False\n"


@ANY_SAMPLE
def test_a_verdict_shows_no_value_in_its_text_form(name: str, made: Callable[[str], Made]) -> None:
    """A verdict in a traceback or a log tells nothing of the patient."""
    one = made(name)
    case = one.verdict.case
    text = repr(one.verdict) + repr(one.letter) + repr(case)
    secrets = [case.patient.name.given, case.patient.name.family, case.coverage.member_id]
    secrets += [str(case.patient.birth_date), case.prescriber.name.family, case.practice.name]
    assert [secret for secret in secrets if secret in text] == []
