"""A map held against its form: what is not there, what nothing fills, what cannot fit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from conftest import DAY, case_of, raw_case
from form_samples import ABSENT, SAMPLE_MAP, TEXAS, TMHP, add_field, changed, sample_pdf
from pikepdf import Name, Pdf, String

from priorauth import forms
from priorauth.criteria import weigh_case
from priorauth.datafile import parse
from priorauth.forms import drafting, formmap, reading
from priorauth.letter import compose
from priorauth.library import FormFiles, Library, shipped
from priorauth.problems import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from priorauth.criteria import Verdict
    from priorauth.letter import Letter

FOLDERS = Library.open().template_folders
KNOWN = SAMPLE_MAP.replace(
    "number: S1", f"number: S1\nsha256: {reading.understand(sample_pdf(), 's').sha256}"
).replace(
    "benefit: facts.coverage.benefit",
    "benefit: {choose: facts.coverage.benefit, choices: {behavioral: choose}}",
)


@pytest.fixture
def check(tmp_path: Path) -> Callable[..., list[Problem]]:
    """Return a function that checks a map with a PDF, the sample's when left out."""

    def check_(
        text: str = KNOWN, pdf: bytes | None = None, letters: Iterable[Letter] = ()
    ) -> list[Problem]:
        path = tmp_path / "form.yaml"
        path.write_text(text, "utf-8")
        form = tmp_path / "form.pdf"
        form.write_bytes(sample_pdf() if pdf is None else pdf)
        return list(forms.check(FormFiles("a/form", path, form, form), FOLDERS, letters))

    return check_


def told(found: list[Problem], *severities: Severity) -> list[str]:
    """Return what is said, without the file, of these severities or of all."""
    wanted = severities or tuple(Severity)
    return [
        f"{one.severity}: {one.place.field}: {one.what}" for one in found if one.severity in wanted
    ]


def test_a_map_that_is_right_has_nothing_to_tell(check: Callable[..., list[Problem]]) -> None:
    """Every field is filled, or left with a reason."""
    assert told(check()) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "  born: facts",
            "  borne: facts",
            [
                "error: fields.borne: the PDF has no field of this name",
                "hint: fields: nothing fills `born` on page 1",
            ],
        ),
        (
            "{leave: too small for anything}",
            "{leave: not mapped yet}",
            ["hint: fields.small: nothing fills `small` on page 1"],
        ),
        (
            "female: {tick: facts.patient.sex, when: female}",
            "female: facts.patient.sex",
            ["error: fields.female: this is a check box"],
        ),
        (
            "kind.kind: {choose: facts.request.kind",
            "kind.kind: {choose: facts.request.kind, choices: {initial: knew}}\n  #",
            [
                "error: fields.kind.kind.choices.initial: the form has no choice `knew`",
                (
                    "warning: fields.kind.kind: the case can say `renewal`, for which the form "
                    "has no choice of that name"
                ),
                (
                    "warning: fields.kind.kind: the case can say `appeal`, for which the form "
                    "has no choice of that name"
                ),
            ],
        ),
        (
            "kind.kind: {choose: facts.request.kind",
            "kind.kind: {tick: facts.request.kind, when: initial}\n  #",
            ["error: fields.kind.kind: this is a radio group"],
        ),
    ],
)
def test_a_map_that_does_not_fit_its_form_is_told(
    old: str, new: str, expected: list[str], check: Callable[..., list[Problem]]
) -> None:
    """With the place in the map."""
    assert told(check(KNOWN.replace(old, new))) == expected


def test_the_nearest_field_is_named(check: Callable[..., list[Problem]]) -> None:
    """Of those that nothing fills yet."""
    problem = check(KNOWN.replace("  born: facts", "  borne: facts"))[0]
    assert problem.fix == "Did you mean `born`?"
    assert (
        problem.place.line
        == KNOWN.replace("born:", "borne:").split("\n").index("  borne: facts.patient.birth_date")
        + 1
    )


def test_a_form_that_is_not_there_is_a_warning_with_where_it_comes_from(tmp_path: Path) -> None:
    """It cannot be shipped; a payer's form is the payer's."""
    path = tmp_path / "form.yaml"
    source = "source: {title: the state, url: https://state.example/f.pdf, read_on: 2026-11-01}"
    path.write_text(f"title: A\n{source}\nfields:\n  a: facts.day\n", "utf-8")
    wanted = tmp_path / "payers" / "a" / "forms" / "form.pdf"
    found = list(forms.check(FormFiles("a/form", path, None, wanted), FOLDERS))
    assert [(one.severity, one.what, one.fix) for one in found] == [
        (
            Severity.WARNING,
            "the PDF of this form is not there",
            f"Get it from the state (https://state.example/f.pdf) and save it as {wanted}.",
        )
    ]


def test_a_form_that_was_changed_is_a_warning(check: Callable[..., list[Problem]]) -> None:
    """And a map that does not know its form is told how to."""
    other = changed(lambda pdf: setattr(pdf.pages[0], "UserUnit", 1))
    assert told(check(KNOWN, other)) == [
        "warning: sha256: the PDF is not the one that the map was made for"
    ]
    unknown = check(SAMPLE_MAP)
    assert told(unknown, Severity.HINT) == [
        "hint: : the map does not say for which PDF it was made"
    ]
    assert reading.understand(sample_pdf(), "s").sha256 in unknown[0].fix


def test_a_form_that_cannot_be_used_is_an_error(check: Callable[..., list[Problem]]) -> None:
    """Damaged, or not a PDF."""
    assert told(check(KNOWN, b"nothing")) == ["error: : this is not a PDF, or it is damaged"]


def test_fields_that_nothing_should_fill_are_told(check: Callable[..., list[Problem]]) -> None:
    """Signatures, buttons, hidden and locked fields, passwords."""

    def add(pdf: Pdf) -> None:
        add_field(pdf, "sign", (0, 0, 99, 16)).FT = Name.Sig
        add_field(pdf, "push", (0, 0, 99, 16), Ff=1 << 16).FT = Name.Btn
        add_field(pdf, "hide", (0, 0, 99, 16), F=2)
        add_field(pdf, "lock", (0, 0, 99, 16), Ff=1, V=String("x"))
        add_field(pdf, "pass", (0, 0, 99, 16), Ff=1 << 13)

    names = ("sign", "push", "hide", "lock", "pass")
    text = KNOWN + "".join(f"  {name}: facts.day\n" for name in names)
    found = told(check(text, changed(add)), Severity.ERROR, Severity.WARNING)[1:]
    assert [one.split(": ", 2)[1] for one in found] == [f"fields.{name}" for name in names]
    assert [one.split(":", 1)[0] for one in found] == ["error"] * 2 + ["warning"] * 3


def test_a_required_field_that_nothing_fills_is_a_warning(
    check: Callable[..., list[Problem]],
) -> None:
    """The form itself says that it must not stay blank."""

    def add(pdf: Pdf) -> None:
        add_field(pdf, "must", (0, 0, 99, 16), Ff=2)

    assert "warning: fields: nothing fills `must` on page 1, and the form requires it" in told(
        check(KNOWN, changed(add))
    )


def test_oddities_of_a_form_are_hints(check: Callable[..., list[Problem]]) -> None:
    """XFA beside plain fields, and places without a name."""

    def odd(pdf: Pdf) -> None:
        pdf.Root.AcroForm.XFA = pdf.make_stream(b"<xfa/>")
        del add_field(pdf, "x", (0, 0, 99, 16))[Name.T]

    assert len(told(check(KNOWN, changed(odd)), Severity.HINT)) == 2


def test_answers_of_samples_that_do_not_fit_are_hints(
    check: Callable[..., list[Problem]], verdict_of: Callable[[Any], Verdict]
) -> None:
    """So that an administrator sees which boxes will overflow."""
    text = KNOWN.replace("{leave: too small for anything}", "facts.request.name")
    letters = [compose(verdict_of(name)) for name in ("esketamine", "open-questions")]
    assert told(check(text, letters=letters)) == [
        (
            "hint: fields.small: the answer of a sample case does not fit into the box, and goes "
            "to the addendum"
        )
    ]


# --- the first map --------------------------------------------------------------------------------


def test_a_first_map_is_right_from_the_start(check: Callable[..., list[Problem]]) -> None:
    """Valid, with every field, and each that is not certain marked as not mapped yet."""

    def name(pdf: Pdf) -> None:
        for title in ("Patient Name", 'a "strange": name #1', "yes", "Prescriber's NPI"):
            add_field(pdf, title, (0, 0, 99, 16), TU=String(f"{title}\nof the form"))
        button = add_field(pdf, "Print", (0, 0, 99, 16), Ff=1 << 16)
        button.FT = Name.Btn

    raw = changed(name)
    form = reading.understand(raw, "form.pdf")
    text = drafting.draft(form, "form")
    read = formmap.understand(parse(text, "form.yaml"))
    assert read.problems == ()
    assert read.map is not None
    assert set(read.map.fields) == {one.name for one in form.fields if one.kind.fills}
    assert read.map.fields["Patient Name"].put == ("facts.patient.name",)
    assert read.map.fields["female"].tick == "facts.patient.sex"
    assert read.map.fields["benefit"].leave == formmap.NOT_MAPPED
    assert told(check(text, raw), Severity.ERROR, Severity.WARNING) == []
    for about in ("# Patient Name of the form (text)", "choices: choose, Medical, Pharmacy"):
        assert about in text


def test_a_name_that_could_be_anybodys_is_not_mapped() -> None:
    """A plain name, date, telephone or NPI is for a person to look at."""

    def name(pdf: Pdf) -> None:
        for title in ("Name", "Date", "Phone", "NPI", "Date of Birth", "Address"):
            add_field(pdf, title, (0, 0, 99, 16))

    text = drafting.draft(reading.understand(changed(name), "f"), "f")
    for title in ("Name", "Date", "Phone", "NPI", "Date of Birth", "Address"):
        assert f"\n  {title}: {{leave: not mapped yet}}\n" in text


def test_a_field_whose_name_and_tooltip_disagree_is_not_mapped() -> None:
    """One of the two is wrong, and only a person can see which."""

    def name(pdf: Pdf) -> None:
        add_field(pdf, "Patient Name", (0, 0, 99, 16), TU=String("Prescriber name"))

    text = drafting.draft(reading.understand(changed(name), "f"), "f")
    assert "\n  Patient Name: {leave: not mapped yet}\n" in text


# --- the library ----------------------------------------------------------------------------------


def own_library(folder: Path, payer: str = "forms: [sample]") -> Library:
    """Return a library with one payer of its own that has the sample form."""
    place = folder / "payers" / "acme"
    (place / "forms").mkdir(parents=True)
    (place / "payer.yaml").write_text(f"name: Acme Health Plan\n{payer}\n", "utf-8")
    (place / "forms" / "sample.yaml").write_text(SAMPLE_MAP, "utf-8")
    (place / "forms" / "sample.pdf").write_bytes(sample_pdf())
    return Library.open(folder)


def asked(library: Library, **change: str) -> forms.Found:
    """Return the forms that the payer of our own asks for the sample case, changed if wanted."""
    raw = raw_case("esketamine")
    raw["coverage"]["payer"] = "acme"
    raw["request"].update(change)
    return forms.needed(weigh_case(case_of(raw), library, DAY), library)


@pytest.mark.parametrize(
    ("payer", "ids"),
    [
        ("forms: [sample]", ["acme/sample"]),
        ("forms: [acme/sample]", ["acme/sample"]),
        ("forms: [{form: sample, services: [esketamine], kinds: [initial]}]", ["acme/sample"]),
        ("forms: [{form: sample, services: [tms]}]", []),
        ("forms: [{form: sample, kinds: [appeal]}]", []),
        ("forms: [{form: sample, benefits: [pharmacy]}]", []),
        ("notes: [It asks for no form.]", []),
    ],
)
def test_a_payer_says_which_requests_it_asks_a_form_for(
    payer: str, ids: list[str], tmp_path: Path
) -> None:
    """By its own folder or by another one, for every request or for some."""
    found = asked(own_library(tmp_path, payer))
    assert [form.id for form in found.forms] == ids
    assert found.problems == ()


def test_a_form_that_is_not_for_the_request_is_not_taken(tmp_path: Path) -> None:
    """What the form says of itself holds for every payer."""
    library = own_library(tmp_path)
    path = tmp_path / "payers" / "acme" / "forms" / "sample.yaml"
    path.write_text(
        SAMPLE_MAP.replace("number: S1", "number: S1\nfor: {kinds: [renewal]}"), "utf-8"
    )
    assert asked(library).forms == ()
    assert [form.id for form in asked(library, kind="renewal").forms] == ["acme/sample"]


def test_a_form_that_is_asked_for_and_not_there_is_an_error(tmp_path: Path) -> None:
    """A packet without it would come back."""
    library = own_library(tmp_path)
    (tmp_path / "payers" / "acme" / "forms" / "sample.pdf").unlink()
    found = asked(library)
    assert found.forms == ()
    assert [(one.severity, one.what) for one in found.problems] == [
        (Severity.ERROR, "the PDF of this form is not there")
    ]


def test_a_form_that_has_no_map_is_told_with_the_nearest(tmp_path: Path) -> None:
    """Where the library is checked, and where a case needs it."""
    library = own_library(tmp_path, "forms: [sampel]")
    checked = list(forms.check_used(library, "acme"))
    assert [(one.what, one.fix) for one in checked] == [
        ("there is no map of the form acme/sampel", "Did you mean acme/sample?")
    ]
    assert [one.severity for one in asked(library).problems] == [Severity.ERROR]


def test_a_pdf_of_ones_own_completes_a_map_that_is_shipped(tmp_path: Path) -> None:
    """The map comes with the program, the PDF is put into the folder of the user's own."""
    place = tmp_path / "payers" / "texas-standard" / "forms"
    place.mkdir(parents=True)
    (place / "nofr001.pdf").write_bytes(sample_pdf())
    found = Library.open(tmp_path).form("texas-standard/nofr001")
    assert found is not None
    assert found.pdf == found.wanted == place / "nofr001.pdf"
    assert found.map.is_relative_to(shipped())


def test_a_folder_that_holds_only_forms_is_no_payer() -> None:
    """Nobody can write it into a case."""
    library = Library.open()
    assert "texas-standard" not in library.payer_ids
    assert "texas-standard/nofr001" in [form.id for form in library.forms()]


# --- real forms -----------------------------------------------------------------------------------


@pytest.mark.skipif(not TEXAS.exists(), reason=ABSENT)
def test_the_map_of_texas_fits_its_form() -> None:
    """Every field is mapped or left with a reason."""
    path = shipped() / "payers" / "texas-standard" / "forms" / "nofr001.yaml"
    assert list(forms.check(FormFiles("t/f", path, TEXAS, TEXAS), FOLDERS)) == []


@pytest.mark.skipif(not TMHP.exists(), reason=ABSENT)
def test_the_map_of_tmhp_fits_its_form() -> None:
    """Its fields are told by tooltip and place alone."""
    path = Path(__file__).parent / "forms" / "tmhp-f00078.yaml"
    assert list(forms.check(FormFiles("t/f", path, TMHP, TMHP), FOLDERS)) == []
