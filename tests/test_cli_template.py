"""`vars`: what a template may use, at the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from priorauth.library import shipped

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Done

    Run = Callable[..., Done]


def test_vars_lists_every_variable(run: Run) -> None:
    """Kind by kind, the letter first."""
    done = run("vars")
    assert done.code == 0
    assert done.out.startswith("letter: One letter.\n  kind: text; request, exception,")
    assert "\nTreatmentRow: One line of the treatment history.\n" in done.out


def test_vars_explains_one_name(run: Run) -> None:
    """With type, meaning and an example, wherever it stands."""
    done = run("vars", "letter.patient")
    assert done.out == ("letter.patient: text\n  patient's full name\n  such as: Dana Whitfield\n")
    assert run("vars", "cites").out.count("list of Cite") == 3


def test_vars_explains_one_kind(run: Run) -> None:
    """All that a row of the treatment history has."""
    assert "  drug_class: text; class, type or protocol" in run("vars", "TreatmentRow").out


def test_vars_of_a_misspelt_name_says_what_comes_near(run: Run) -> None:
    """An administrator's slip is mended by the message."""
    done = run("vars", "patint")
    assert done.code == 2
    assert done.err.startswith("There is no variable of that name. Did you mean patient, ")
    done = run("vars", "zzzz")
    assert done.err.endswith("`priorauth vars` lists all names.\n")


def test_vars_prints_the_guide_of_the_template_folder(run: Run) -> None:
    """The folder's README ends with it."""
    guide = (shipped() / "templates" / "README.md").read_text("utf-8")
    assert guide.endswith(run("vars", "--markdown").out)
