"""What the fields of a PDF are, and which PDFs cannot be filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from form_samples import ABSENT, TEXAS, TMHP, add_field, changed, sample_pdf, widget
from pikepdf import Array, Dictionary, Encryption, Name, Pdf, String

from priorauth.forms import reading
from priorauth.forms.reading import Choice, FieldKind, FormField, UnfillableError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def read(change: Callable[[Pdf], None] | None = None) -> reading.FormPdf:
    """Return the sample form as read, after a change if one is given."""
    return reading.understand(changed(change) if change else sample_pdf(), "form.pdf")


def field(name: str, change: Callable[[Pdf], None] | None = None) -> FormField:
    """Return one field of the sample form."""
    found = read(change).find(name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("patient", FieldKind.TEXT),
        ("plan", FieldKind.TEXT),
        ("female", FieldKind.CHECK),
        ("kind.kind", FieldKind.RADIO),
        ("benefit", FieldKind.COMBO),
    ],
)
def test_each_field_has_its_kind(name: str, kind: FieldKind) -> None:
    """The whole name of a field in a group has both names, with a dot."""
    assert field(name).kind is kind


def test_a_field_tells_its_tooltip_page_and_place() -> None:
    """And what a person would call it."""
    found = field("patient")
    assert (found.tooltip, found.label, found.page) == ("Box patient", "Box patient", 1)
    assert (round(found.widgets[0].width), round(found.widgets[0].height)) == (220, 16)
    assert field("plan").multiline
    assert not found.multiline


def test_the_choices_of_a_field_have_a_value_and_a_name() -> None:
    """Of a list as well as of a group of buttons."""
    assert field("benefit").choices == (
        Choice("", "choose"),
        Choice("M", "Medical"),
        Choice("P", "Pharmacy"),
    )
    assert [one.shown for one in field("kind.kind").choices] == ["new", "again", "against"]
    assert field("benefit").choice(" medical ") == field("benefit").choice("M")
    assert field("benefit").choice("Med") is None


def test_marks_of_a_field_are_told() -> None:
    """Required, locked, hidden, limited in length, a comb."""

    def mark(pdf: Pdf) -> None:
        add_field(pdf, "a", (0, 0, 100, 16), Ff=2 | 1 << 24, MaxLen=5)
        add_field(pdf, "b", (0, 0, 100, 16), Ff=1, V=String("x"))
        add_field(pdf, "c", (0, 0, 100, 16), F=2)
        add_field(pdf, "d", (0, 0, 0, 0))
        add_field(pdf, "e", (0, 0, 100, 16), Ff=1 << 13)

    form = read(mark)
    a, b, c, d, e = (form.find(name) for name in "abcde")
    assert a is not None
    assert (a.required, a.comb, a.max_length) == (True, True, 5)
    assert b is not None
    assert (b.read_only, b.value, b.fillable) == (True, "x", False)
    assert c is not None
    assert d is not None
    assert (c.hidden, d.hidden, c.fillable) == (True, True, False)
    assert e is not None
    assert e.secret


def test_what_a_field_inherits_counts_as_its_own() -> None:
    """Kind, name and length may stand at the group above."""

    def group(pdf: Pdf) -> None:
        kid = add_field(pdf, "number", (0, 0, 100, 16))
        del kid[Name.FT]
        above = pdf.make_indirect(
            Dictionary(FT=Name.Tx, T=String("member"), MaxLen=11, Kids=Array([kid]))
        )
        kid.Parent = above
        pdf.Root.AcroForm.Fields.append(above)

    found = field("member.number", group)
    assert (found.kind, found.max_length) == (FieldKind.TEXT, 11)


def test_places_of_one_name_are_one_field() -> None:
    """On two pages, say."""

    def twice(pdf: Pdf) -> None:
        add_field(pdf, "patient", (0, 0, 100, 16))

    assert len(field("patient", twice).widgets) == 2


def test_boxes_of_one_name_with_several_states_are_a_choice() -> None:
    """As some forms make a radio group of check boxes."""

    def join(pdf: Pdf) -> None:
        for name, state in (("female", "/F"), ("male", "/M")):
            found = widget(pdf, name)
            found.T = String("sex")
            found.AP = Dictionary(N=Dictionary({state: pdf.make_stream(b"")}))

    found = field("sex", join)
    assert found.kind is FieldKind.RADIO
    assert [one.value for one in found.choices] == ["F", "M"]


def test_places_without_a_name_are_counted() -> None:
    """No map can reach them."""

    def forget(pdf: Pdf) -> None:
        del widget(pdf, "small")[Name.T]

    assert read(forget).unnamed == 1


def test_a_ring_of_parents_is_not_followed_for_ever() -> None:
    """A file made to hang the program does not."""

    def ring(pdf: Pdf) -> None:
        found = add_field(pdf, "x", (0, 0, 100, 16))
        found.Parent = found

    assert read(ring).fields


def test_scripts_and_xfa_are_told() -> None:
    """They are removed when the form is filled."""

    def arm(pdf: Pdf) -> None:
        pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array()))
        pdf.Root.AcroForm.XFA = pdf.make_stream(b"<xfa/>")

    assert (read().scripts, read().xfa) == (False, False)
    assert (read(arm).scripts, read(arm).xfa) == (True, True)


# --- what cannot be filled ------------------------------------------------------------------------


def no_fields(pdf: Pdf) -> None:
    """Take the fields away, as in a form that is only drawn."""
    del pdf.Root[Name.AcroForm]
    del pdf.pages[0][Name.Annots]


def dynamic(pdf: Pdf) -> None:
    """Leave only the XFA form, as Adobe's LiveCycle makes them."""
    del pdf.pages[0][Name.Annots]
    pdf.Root.AcroForm = Dictionary(XFA=pdf.make_stream(b"<xfa/>"), Fields=Array())


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (b"", "this is not a PDF, or it is damaged"),
        (b"PK\x03\x04 a Word document", "this is not a PDF, or it is damaged"),
        (b"%PDF-1.7 and nothing else", "this is not a PDF, or it is damaged"),
        (changed(no_fields), "the PDF has no fields to fill"),
        (changed(dynamic), "this is a dynamic XFA form, which only Adobe's programs show"),
        (
            changed(lambda _: None, encryption=Encryption(owner="a", user="b")),
            "the form is locked by a password",
        ),
    ],
    ids=["empty", "word", "damaged", "drawn", "xfa", "locked"],
)
def test_a_pdf_that_cannot_be_filled_is_refused_by_name(raw: bytes, what: str) -> None:
    """With what to do."""
    with pytest.raises(UnfillableError) as told:
        reading.understand(raw, "form.pdf")
    assert str(told.value).startswith(f"form.pdf: error: {what}. ")
    assert told.value.problem.fix


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """By its name."""
    with pytest.raises(UnfillableError, match="there is no such file"):
        reading.read(tmp_path / "none.pdf")
    with pytest.raises(UnfillableError, match="cannot be read"):
        reading.read(tmp_path)


def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A form is a few pages."""
    monkeypatch.setattr(reading, "MOST_BYTES", 1000)
    with pytest.raises(UnfillableError, match="larger than"):
        reading.understand(sample_pdf(), "form.pdf")


def test_a_form_with_too_many_places_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """One made to keep the program busy."""
    monkeypatch.setattr(reading, "MOST_WIDGETS", 3)
    with pytest.raises(UnfillableError, match="cannot be read"):
        read()


# --- real forms -----------------------------------------------------------------------------------


@pytest.mark.skipif(not TEXAS.exists(), reason=ABSENT)
def test_the_form_of_texas_has_its_fields() -> None:
    """98 of them, with readable names, and a script."""
    form = reading.read(TEXAS)
    assert (len(form.fields), form.unnamed, form.scripts) == (98, 0, True)
    counts = {kind: sum(one.kind is kind for one in form.fields) for kind in FieldKind}
    assert counts[FieldKind.TEXT] == 66
    assert counts[FieldKind.BUTTON] == 2


@pytest.mark.skipif(not TMHP.exists(), reason=ABSENT)
def test_the_form_of_tmhp_is_told_by_its_tooltips() -> None:
    """Its names say little."""
    form = reading.read(TMHP)
    assert len(form.fields) == 39
    found = form.find("Text Field 14")
    assert found is not None
    assert found.label == "Name"
