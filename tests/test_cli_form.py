"""The commands on forms, as an administrator and billing staff run them."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

import pytest
from conftest import DAY
from form_samples import ABSENT, TEXAS, Look, add_field, changed, sample_pdf
from pikepdf import Name, Pdf
from test_forms_check import own_library

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Done

    Run = Callable[..., Done]


@pytest.fixture
def form(tmp_path: Path) -> Path:
    """Return the sample form as a file."""
    path = tmp_path / "form.pdf"
    path.write_bytes(sample_pdf())
    return path


@pytest.fixture
def acme(tmp_path: Path, sample: Callable[[str], Path]) -> Path:
    """Return a case of a payer that asks for the sample form, in a folder with its library."""
    own_library(tmp_path)
    case = sample("esketamine")
    text = case.read_text("utf-8").replace("payer: cigna", "payer: acme")
    case.write_text(text.replace("benefit: medical", "benefit: medical"), "utf-8")
    return case


def test_fields_lists_what_the_form_asks(run: Run, form: Path) -> None:
    """Page, kind and name, with what else there is to say."""
    done = run("form", "fields", form)
    assert (done.code, done.err) == (0, "")
    lines = [" ".join(line.split()) for line in done.out.split("\n")]
    assert "1 text patient" in lines
    assert "Box plan; several lines" in lines
    assert "Benefit; choices: choose, Medical and Pharmacy" in lines


def test_fields_gives_everything_as_json(run: Run, form: Path) -> None:
    """For programs."""
    data = json.loads(run("form", "fields", form, "--json").out)
    by_name = {one["name"]: one for one in data["fields"]}
    assert by_name["benefit"]["choices"][1] == {"value": "M", "shown": "Medical"}
    assert by_name["patient"]["pages"] == [1]
    assert len(data["sha256"]) == 64


def test_fields_tells_what_is_odd(run: Run, tmp_path: Path) -> None:
    """Places that no map can reach, XFA, scripts."""

    def odd(pdf: Pdf) -> None:
        del add_field(pdf, "x", (0, 0, 99, 16))[Name.T]
        pdf.Root.AcroForm.XFA = pdf.make_stream(b"<xfa/>")

    path = tmp_path / "odd.pdf"
    path.write_bytes(changed(odd))
    assert run("form", "fields", path).err.split("\n")[:2] == [
        "1 places have no name: no map can fill them.",
        "The PDF also holds an XFA form, which is dropped when it is filled.",
    ]


def test_map_writes_a_first_map_beside_the_form(run: Run, form: Path) -> None:
    """And leaves one that is there already."""
    done = run("form", "map", form)
    assert done.code == 0
    assert "fields are not mapped yet: edit it, then: priorauth check" in done.out
    assert form.with_suffix(".yaml").read_text("utf-8").startswith("# yaml-language-server: ")
    again = run("form", "map", form)
    assert (again.code, again.out) == (2, "")
    assert "is there already. Add --force to replace it." in again.err
    assert run("form", "map", form, "--force").code == 0


def test_a_file_that_is_no_form_is_told(run: Run, tmp_path: Path) -> None:
    """In one sentence, with exit code 2."""
    path = tmp_path / "letter.pdf"
    path.write_bytes(b"PK a document")
    for command in ("fields", "map"):
        done = run("form", command, path)
        assert done.code == 2
        assert "this is not a PDF, or it is damaged. Download the form again." in done.err


def draft(run: Run, case: Path, *more: str) -> Done:
    """Run `form fill` on a case of the payer of our own, which has no policy: a draft."""
    return run("form", "fill", case, "--on", str(DAY), "--draft", *more)


def test_fill_makes_the_payers_form(run: Run, acme: Path, tmp_path: Path) -> None:
    """Readable by its owner alone."""
    done = draft(run, acme)
    assert "form.pdf  1 page" in done.out
    path = tmp_path / "form.pdf"
    assert "Dana Whitfield" in Look(path).text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_fill_lists_what_stays_blank(run: Run, acme: Path) -> None:
    """With the page, what the form calls it, and where the answer would stand."""
    text = acme.read_text("utf-8").replace("  phone: 913-555-0187\n", "", 1)
    acme.write_text(text, "utf-8")
    done = draft(run, acme)
    assert "Blank, to be looked at before it is sent" in done.out
    assert "page 1  Box phone: the case does not say (facts.patient.phone.digits)" in done.out
    assert "Whitfield" not in done.out + done.err


def test_fill_says_when_no_form_or_several_are_asked_for(run: Run, acme: Path) -> None:
    """Then it must be named."""
    payer = acme.parent.parent / "payers" / "acme" / "payer.yaml"
    payer.write_text("name: Acme Health Plan\n", "utf-8")
    none = draft(run, acme)
    assert none.code == 2
    assert "names no form for this request" in none.err
    assert "texas-standard/nofr001" in none.err
    assert draft(run, acme, "--form", "acme/sample").code != 2
    payer.write_text("name: Acme Health Plan\nforms: [sample, acme/sample]\n", "utf-8")
    several = draft(run, acme, "--force")
    assert "asks for several forms. Name one with --form" in several.err
    unknown = draft(run, acme, "--form", "nosuch", "--force")
    assert "There is no form of that name. The library has acme/sample" in unknown.err


def test_fill_says_where_a_form_that_is_not_there_comes_from(run: Run, acme: Path) -> None:
    """And where it belongs: never into the program's own folder."""
    done = draft(run, acme, "--form", "texas-standard/nofr001")
    assert done.code == 2
    assert "https://www.tdi.texas.gov/forms/lhlifehealth/nofr001.pdf" in done.err
    assert "save it as payers/texas-standard/forms/nofr001.pdf." in done.err


def test_fill_makes_nothing_while_questions_are_open(
    run: Run, sample: Callable[[str], Path], tmp_path: Path
) -> None:
    """As the letter: only a draft, which says so."""
    own_library(tmp_path)
    case = sample("open-questions")
    done = run("form", "fill", case, "--on", str(DAY), "--form", "acme/sample")
    assert done.code == 1
    assert not (tmp_path / "form.pdf").exists()
    assert "No form was written: questions are open." in done.err
    assert draft(run, case, "--form", "acme/sample").code == 1
    assert "DRAFT: not to be sent" in Look(tmp_path / "form.pdf").text()


def test_fill_can_leave_the_fields_to_be_edited(run: Run, acme: Path, tmp_path: Path) -> None:
    """For staff who finish the form in a viewer."""
    draft(run, acme, "--keep-fields")
    with Pdf.open(tmp_path / "form.pdf") as pdf:
        assert Name.AcroForm in pdf.Root


@pytest.mark.skipif(not TEXAS.exists(), reason=ABSENT)
@pytest.mark.parametrize("name", ["esketamine", "open-questions"])
def test_the_form_of_texas_is_filled(
    name: str, run: Run, sample: Callable[[str], Path], tmp_path: Path
) -> None:
    """With a warning, since it is not for a drug; both viewers show the same marks."""
    place = tmp_path / "payers" / "texas-standard" / "forms"
    place.mkdir(parents=True)
    (place / "nofr001.pdf").write_bytes(TEXAS.read_bytes())
    done = draft(run, sample(name), "--form", "texas-standard/nofr001")
    assert "warning: for: the form is not for such a request" in done.err
    look = Look(tmp_path / "form.pdf")
    text = " ".join(look.text(2).split())
    for known in ("F33.2", "J0013", "psychiatry", "See addendum, item 1", "11/22/2026"):
        assert known in text
    assert "Clear Form" not in text
    assert "recurrent severe without psychotic features" in " ".join(look.text(3).split())
