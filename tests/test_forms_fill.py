"""A form filled from a case: what stands in its boxes, in two viewers and as text."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from conftest import raw_case, words_on_pages
from form_samples import (
    BOXES,
    CHECKS,
    SAMPLE_MAP,
    Look,
    add_field,
    changed,
    dark,
    form_of,
    own_font,
    widget,
)
from pikepdf import Array, Dictionary, Encryption, Name, Pdf, String

from priorauth import forms
from priorauth.letter import compose

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from priorauth.criteria import Verdict
    from priorauth.letter import Letter
    from priorauth.pdf import Printer


class Filled(Look):
    """A filled form with what was said of it."""

    def __init__(self, path: Path, done: forms.Filled) -> None:
        """Keep both."""
        super().__init__(path)
        self.done = done


@pytest.fixture(scope="module")
def sample_letter(verdict_of: Callable[[Any], Verdict]) -> Callable[[str], Letter]:
    """Return a function that gives what a sample's letter says, found out once."""
    return cache(lambda name: compose(verdict_of(name)))


@pytest.fixture
def fill(
    tmp_path: Path,
    verdict_of: Callable[[Any], Verdict],
    sample_letter: Callable[[str], Letter],
    printer: Printer,
) -> Callable[..., Filled]:
    """Return a function that fills the sample form, or another, from a case's values."""

    def fill_(
        found: Any = "esketamine",  # noqa: ANN401 - a case file's values, or a name
        form: forms.Form | None = None,
        *,
        keep_fields: bool = False,
    ) -> Filled:
        used = form or form_of(tmp_path)
        letter = sample_letter(found) if isinstance(found, str) else compose(verdict_of(found))
        done = forms.fill(used, letter, printer=printer, keep_fields=keep_fields)
        path = tmp_path / "filled.pdf"
        path.write_bytes(done.pdf)
        return Filled(path, done)

    return fill_


def within(look: Look, name: str, page: int = 1) -> str:
    """Return the words that stand inside a box of the sample form."""
    left, top, width, height = BOXES[name]
    words = words_on_pages(look.path)[page - 1]
    inside = [
        word.text
        for word in words
        if left - 1 <= word.left
        and word.right <= left + width + 1
        and top - 3 <= word.top
        and word.bottom <= top + height + 3
    ]
    return " ".join(inside)


def test_each_answer_stands_in_its_box(fill: Callable[..., Filled]) -> None:
    """Text can be read back from the flattened page at the place of its field."""
    look = fill()
    assert within(look, "patient") == "Dana Whitfield"
    assert within(look, "born") == "03/09/1984"
    assert within(look, "member") == "U1234567801"
    assert within(look, "phone") == "9135550187"
    assert within(look, "code1") == "J0013"
    assert within(look, "units1") == "56 units in all"
    assert within(look, "units2") == "924 units in all"
    assert within(look, "plan").startswith("56 mg intranasally at the first session")


def test_a_box_is_marked_only_for_the_value_that_is_known(fill: Callable[..., Filled]) -> None:
    """Both viewers draw a cross into the boxes whose value the case has, and into no other."""
    for picture in fill().pictures():
        marked = {
            name
            for name, (left, top) in CHECKS.items()
            if dark(picture, (left + 3, top + 3, 7, 7)) > 9
        }
        assert marked == {"female", "rems"}


def test_both_viewers_show_every_answer(fill: Callable[..., Filled]) -> None:
    """Nothing is left to the viewer to work out: each box with an answer has ink, and no other."""
    for picture in fill().pictures():
        inked = {
            name
            for name, (left, top, width, height) in BOXES.items()
            if dark(picture, (left + 2, top + 3, width - 4, height - 6)) > 5
        }
        codes = {"code1", "units1", "code2", "units2"}
        assert inked == {"patient", "born", "member", "phone", "plan", *codes}


def test_a_drop_down_list_shows_the_choice_by_its_name(fill: Callable[..., Filled]) -> None:
    """The case says medical; the form's choice is called Medical."""
    assert "Medical" in fill().text()


def test_names_in_other_languages_are_drawn_right(fill: Callable[..., Filled]) -> None:
    """Accents beyond Western Europe too."""
    raw = raw_case("esketamine")
    raw["patient"]["name"] = {"given": "Zoë", "family": "Łabędzki Peña"}
    assert within(fill(raw), "patient") == "Zoë Łabędzki Peña"


def test_what_is_not_known_stays_blank_and_is_listed(fill: Callable[..., Filled]) -> None:
    """Boxes that one answer would settle are listed once; nothing is guessed."""
    raw = raw_case("esketamine")
    del raw["patient"]["sex"], raw["patient"]["phone"], raw["attestations"]["rems_site_certified"]
    look = fill(raw)
    assert [(one.name, one.path, one.page) for one in look.done.unfilled] == [
        ("phone", "facts.patient.phone.digits", 1),
        ("female", "facts.patient.sex", 1),
        ("rems", "facts.attested.rems_site_certified.answer", 1),
    ]
    assert {one.why for one in look.done.unfilled} == {"the case does not say"}
    picture = look.pictures()[0]
    assert all(dark(picture, (x + 3, y + 3, 7, 7)) == 0 for x, y in CHECKS.values())


def test_what_is_left_on_purpose_is_not_listed_and_what_staff_do_is(
    fill: Callable[..., Filled], tmp_path: Path
) -> None:
    """`leave:` is settled; `by_hand:` is work."""
    text = SAMPLE_MAP.replace("phone: {put: facts.patient.phone.digits}", "phone: {by_hand: ask}")
    found = fill(form=form_of(tmp_path, text)).done.unfilled
    assert [(one.name, one.label, one.why, one.path) for one in found] == [
        ("phone", "Box phone", "ask", "")
    ]


# --- what does not fit ----------------------------------------------------------------------------

LONG = "The patient has been followed since 2024 and was seen weekly. " * 20


def test_what_does_not_fit_goes_whole_to_the_addendum(fill: Callable[..., Filled]) -> None:
    """The box points to it, and the addendum names the patient."""
    raw = raw_case("esketamine")
    raw["request"]["plan"] = LONG
    look = fill(raw)
    assert within(look, "plan") == "See addendum, item 1"
    assert [(one.number, one.label, one.page) for one in look.done.overflow] == [(1, "Box plan", 1)]
    assert (look.done.pages, look.done.addendum_pages) == (1, 1)
    behind = " ".join(look.text(2).split())
    assert LONG.strip() in behind
    for known in ("Dana Whitfield", "03/09/1984", "U1234567801", "1. Box plan (form page 1)"):
        assert known in behind


def test_nothing_is_laid_out_behind_a_form_that_holds_everything(
    fill: Callable[..., Filled],
) -> None:
    """No addendum without an item."""
    done = fill().done
    assert (done.pages, done.addendum_pages, done.overflow) == (1, 0, ())


def test_a_table_with_too_few_rows_gives_its_last_one_to_the_addendum(
    fill: Callable[..., Filled],
) -> None:
    """That entry and all after it stand there, and none is lost."""
    raw = raw_case("esketamine")
    codes = ("J0013", "G2082", "99417", "96365")
    raw["request"]["codes"] = [{"code": code, "units": "1"} for code in codes]
    look = fill(raw)
    assert within(look, "code1") == "J0013"
    assert (within(look, "code2"), within(look, "units2")) == ("", "See addendum, item 1")
    assert look.done.overflow[0].paragraphs == (
        "G2082; 1 unit",
        "99417; 1 unit",
        "96365; 1 unit",
    )


def test_a_list_that_the_form_has_one_box_for_is_told_when_there_is_more(
    fill: Callable[..., Filled], tmp_path: Path
) -> None:
    """It may be right that the form asks for the first alone; a person looks."""
    text = "title: A\nfields:\n  code1: facts.request.codes.0.code\n"
    raw = raw_case("esketamine")
    raw["request"]["codes"] += [{"code": "G2082"}]
    problems = fill(raw, form_of(tmp_path, text)).done.problems
    assert [one.what for one in problems] == [
        "the form takes one entry of `facts.request.codes`, and the case has more"
    ]


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (110, "See addendum, item 1"),
        (80, "See addendum 1"),
        (55, "Addendum 1"),
        (30, "Add. 1"),
        (14, "*1"),
        (6, ""),
    ],
)
def test_a_narrow_box_points_in_as_many_words_as_it_holds(
    width: int, shown: str, fill: Callable[..., Filled], tmp_path: Path
) -> None:
    """A box too small even for that stays blank, and staff are told."""
    raw = raw_case("esketamine")
    raw["request"]["plan"] = LONG

    def add(pdf: Pdf) -> None:
        add_field(pdf, "tight", (40, 100, 40 + width, 112))

    form = form_of(tmp_path, "title: A\nfields:\n  tight: facts.request.plan\n", changed(add))
    look = fill(raw, form)
    found = re.findall(r"See addendum, item 1|See addendum 1|Addendum 1|Add\. 1|\*1", look.text())
    assert found == ([shown] if shown else [])
    told = [one.what for one in look.done.problems]
    assert told == ([] if shown else ["the box is too small even to point to the addendum"])


# --- the kinds of field ---------------------------------------------------------------------------


def one_field(fill: Callable[..., Filled], folder: Path, add: Callable[[Pdf], None]) -> Filled:
    """Return the sample form with a field `new` added, filled with the member id alone."""
    text = "title: A\nfields:\n  new: facts.coverage.member_id\n"
    return fill(form=form_of(folder, text, changed(add)))


def test_a_field_on_several_places_is_filled_on_each(
    fill: Callable[..., Filled], tmp_path: Path
) -> None:
    """One answer, drawn twice."""

    def add(pdf: Pdf) -> None:
        add_field(pdf, "new", (40, 300, 240, 316))
        add_field(pdf, "new", (40, 260, 240, 276))

    assert one_field(fill, tmp_path, add).text().count("U1234567801") == 2


def test_a_comb_is_filled_a_character_a_cell(fill: Callable[..., Filled], tmp_path: Path) -> None:
    """Eleven cells of twenty points."""

    def add(pdf: Pdf) -> None:
        add_field(pdf, "new", (40, 300, 260, 316), Ff=1 << 24, MaxLen=11)

    look = one_field(fill, tmp_path, add)
    words = [word for word in words_on_pages(look.path)[0] if 476 < word.top < 492]
    assert "".join(word.text for word in words) == "U1234567801"
    assert len(words) > 5  # the cells are apart


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_field_that_is_turned_is_filled_along_its_side(
    turn: int, fill: Callable[..., Filled], tmp_path: Path
) -> None:
    """The ink stays inside the box in both viewers, and the text can be read back."""

    def add(pdf: Pdf) -> None:
        tall = turn != 180
        rect = (500, 200, 520, 320) if tall else (400, 200, 520, 220)
        add_field(pdf, "new", rect, MK=Dictionary(R=turn))

    look = one_field(fill, tmp_path, add)
    left, width, height = (500, 20, 120) if turn != 180 else (400, 120, 20)
    for picture in look.pictures():
        inside = dark(picture, (left, 792 - 200 - height, width, height))
        around = dark(picture, (left - 20, 792 - 220 - height, width + 40, height + 40))
        assert inside == around > 20


def test_a_turned_page_is_filled_where_its_boxes_are(
    fill: Callable[..., Filled], tmp_path: Path
) -> None:
    """A landscape form that was made upright and turned."""

    def turn(pdf: Pdf) -> None:
        pdf.pages[0].Rotate = 90

    look = fill(form=form_of(tmp_path, pdf=changed(turn)))
    assert "Dana Whitfield" in " ".join(look.text().split())
    first, second = look.pictures()
    assert first.size == second.size == (1100, 850)


def test_a_read_only_field_keeps_what_the_form_says(
    fill: Callable[..., Filled], tmp_path: Path
) -> None:
    """The payer has filled it; an empty one, which a script would have filled, takes the answer."""

    def lock(pdf: Pdf) -> None:
        for name, value in (("patient", "Set by the payer"), ("member", "")):
            found = widget(pdf, name)
            found.Ff, found.V = 1, String(value)

    look = fill(form=form_of(tmp_path, pdf=changed(lock)))
    assert within(look, "patient") == "Set by the payer"
    assert within(look, "member") == "U1234567801"
    assert [one.what for one in look.done.problems] == [
        "the form has filled this field itself and locked it: that stays"
    ]


def test_a_hidden_field_is_left_alone(fill: Callable[..., Filled], tmp_path: Path) -> None:
    """What cannot be seen is not sent."""

    def hide(pdf: Pdf) -> None:
        widget(pdf, "member").F = 2

    look = fill(form=form_of(tmp_path, pdf=changed(hide)))
    assert "U1234567801" not in look.text()
    assert "hides this field" in look.done.problems[0].what


def test_a_field_that_would_not_be_printed_is_printed(
    fill: Callable[..., Filled], tmp_path: Path
) -> None:
    """An answer on the screen alone would be lost on the fax."""

    def hide(pdf: Pdf) -> None:
        widget(pdf, "member").F = 0

    assert within(fill(form=form_of(tmp_path, pdf=changed(hide))), "member") == "U1234567801"


def test_a_signature_stays_blank(fill: Callable[..., Filled], tmp_path: Path) -> None:
    """The program signs nothing, whatever a map says."""

    def add(pdf: Pdf) -> None:
        add_field(pdf, "new", (40, 300, 240, 316)).FT = Name.Sig

    look = one_field(fill, tmp_path, add)
    assert "U1234567801" not in look.text()
    assert "this is a signature, which nothing fills" in look.done.problems[0].what


def test_what_the_form_brings_along_is_shown(fill: Callable[..., Filled], tmp_path: Path) -> None:
    """Also where only a viewer would have drawn it."""

    def add(pdf: Pdf) -> None:
        add_field(pdf, "given", (40, 300, 240, 316), V=String("Form of 2026"))

    assert "Form of 2026" in fill(form=form_of(tmp_path, pdf=changed(add))).text()


def test_a_choice_that_the_form_lacks_stays_blank_and_is_told(
    fill: Callable[..., Filled], tmp_path: Path
) -> None:
    """Nothing near it is chosen instead."""
    text = "title: A\nfields:\n  benefit: facts.coverage.benefit\n"
    raw = raw_case("esketamine")
    raw["coverage"]["benefit"] = "behavioral"
    look = fill(raw, form_of(tmp_path, text))
    assert [one.why for one in look.done.unfilled] == ["the form has no such choice"]
    assert "the form has no such choice, so it stays blank" in [
        one.what for one in look.done.problems
    ]


def test_a_box_without_a_drawing_of_its_own_is_marked(
    fill: Callable[..., Filled], tmp_path: Path
) -> None:
    """It gets our cross all the same."""

    def bare(pdf: Pdf) -> None:
        del widget(pdf, "female")[Name.AP]

    for picture in fill(form=form_of(tmp_path, pdf=changed(bare))).pictures():
        assert dark(picture, (CHECKS["female"][0] + 3, CHECKS["female"][1] + 3, 7, 7)) > 9


def test_the_forms_own_font_is_used_where_it_is_inside_the_file(
    fill: Callable[..., Filled], tmp_path: Path
) -> None:
    """And ours for what it lacks, or where only a part of it is there."""
    raw = raw_case("esketamine")
    raw["patient"]["name"] = {"given": "Zoë", "family": "Peña"}
    text = "title: A\nfields:\n  new: facts.patient.name\n"
    for base, expected in (("/Own", True), ("/ABCDEF+Own", False)):
        add = own_font(base)
        look = fill(raw, form_of(tmp_path, text, changed(add)), keep_fields=True)
        with Pdf.open(look.path) as pdf:
            fonts = widget(pdf, "new").AP.N.Resources.Font
            assert ("/Own" in fonts) is expected
        assert "Zoë Peña" in look.text()
    raw["patient"]["name"] = {"given": "Łucja", "family": "Peña"}
    look = fill(raw, form_of(tmp_path, text, changed(own_font("/Own"))))
    assert "Łucja Peña" in look.text()


# --- the file -------------------------------------------------------------------------------------


def test_the_filled_form_is_no_form_any_more(fill: Callable[..., Filled]) -> None:
    """Nobody can change an answer by a slip, and no viewer draws it anew."""
    with Pdf.open(fill().path) as pdf:
        assert Name.AcroForm not in pdf.Root
        kinds = [note.Subtype for page in pdf.pages for note in page.get(Name.Annots, [])]
        assert Name.Widget not in kinds


def test_the_fields_can_be_kept(fill: Callable[..., Filled]) -> None:
    """With their values and their appearance, so that every viewer shows the same."""
    look = fill(keep_fields=True)
    with Pdf.open(look.path) as pdf:
        assert Name.NeedAppearances not in pdf.Root.AcroForm
        assert str(widget(pdf, "patient").V) == "Dana Whitfield"
        assert widget(pdf, "female").AS == widget(pdf, "female").V == Name("/on")
        assert str(widget(pdf, "male").AS) == "/Off"
    assert within(look, "patient") == "Dana Whitfield"
    for picture in look.pictures():
        assert dark(picture, (CHECKS["female"][0] + 3, CHECKS["female"][1] + 3, 7, 7)) > 9


def test_scripts_and_attachments_do_not_survive(
    fill: Callable[..., Filled], tmp_path: Path
) -> None:
    """Neither in the flattened form nor in one that keeps its fields."""

    def arm(pdf: Pdf) -> None:
        script = Dictionary(S=Name.JavaScript, JS=String("app.alert('U1')"))
        pdf.Root.OpenAction = script
        pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("x"), script])))
        pdf.Root.AcroForm.XFA = pdf.make_stream(b"<xfa/>")
        widget(pdf, "patient").AA = Dictionary(K=script)
        widget(pdf, "member").A = Dictionary(S=Name.Launch, F=String("calc.exe"))
        pdf.attachments["evil.exe"] = b"MZ"

    form = form_of(tmp_path, pdf=changed(arm))
    for keep in (False, True):
        with Pdf.open(fill(form=form, keep_fields=keep).path) as pdf:
            held = b"".join(str(one).encode() for one in pdf.objects)
            for trace in (b"JavaScript", b"app.alert", b"Launch", b"calc.exe", b"XFA"):
                assert trace not in held
            assert len(pdf.attachments) == 0


def test_push_buttons_are_not_printed(fill: Callable[..., Filled], tmp_path: Path) -> None:
    """`Clear form` says nothing to a payer."""

    def add(pdf: Pdf) -> None:
        look = pdf.make_stream(b"0 g 0 0 100 20 re f")
        look.Type, look.Subtype, look.BBox = Name.XObject, Name.Form, Array([0, 0, 100, 20])
        button = add_field(pdf, "Clear", (40, 300, 140, 320), AP=Dictionary(N=look), Ff=1 << 16)
        button.FT = Name.Btn

    picture = fill(form=form_of(tmp_path, pdf=changed(add))).pictures()[0]
    assert dark(picture, (40, 472, 100, 20)) == 0


def test_a_form_that_is_locked_against_changes_is_filled(
    fill: Callable[..., Filled], tmp_path: Path
) -> None:
    """It opens without a password; what is made of it is not encrypted."""
    locked = changed(lambda _: None, encryption=Encryption(owner="secret", user=""))
    look = fill(form=form_of(tmp_path, pdf=locked))
    assert within(look, "patient") == "Dana Whitfield"
    with Pdf.open(look.path) as pdf:
        assert not pdf.is_encrypted


def test_the_same_inputs_give_the_same_bytes(fill: Callable[..., Filled]) -> None:
    """With an addendum and as a draft too."""
    raw = raw_case("open-questions")
    raw["request"]["plan"] = LONG
    for case in ("esketamine", raw):
        assert fill(case).done.pdf == fill(case).done.pdf


def test_a_draft_says_so_on_every_page(fill: Callable[..., Filled]) -> None:
    """While questions are open, the form is one."""
    raw = raw_case("open-questions")
    raw["request"]["plan"] = LONG
    look = fill(raw)
    assert all("DRAFT: not to be sent" in look.text(page) for page in (1, 2))
    assert "DRAFT" not in fill("esketamine").text()


def test_the_mark_of_a_draft_touches_nothing_of_the_form(
    fill: Callable[..., Filled], tmp_path: Path
) -> None:
    """A form with its page number where the mark would stand is marked at its head."""

    def numbered(pdf: Pdf) -> None:
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        pdf.pages[0].add_resource(pdf.make_indirect(font), Name.Font, Name.Number)
        pdf.pages[0].contents_add(b"BT /Number 9 Tf 280 14 Td (Page 1 of 1) Tj ET\n", prepend=True)

    words = words_on_pages(fill("open-questions", form_of(tmp_path, pdf=changed(numbered))).path)[0]
    mark = next(word for word in words if word.text == "DRAFT:")
    number = next(word for word in words if word.text == "Page")
    assert number.top > 750
    assert mark.bottom < 40
    plain = words_on_pages(fill("open-questions").path)[0]
    assert next(word for word in plain if word.text == "DRAFT:").top > 750


def test_nothing_that_is_said_of_a_form_shows_an_answer(fill: Callable[..., Filled]) -> None:
    """Neither problems nor text forms hold what the case says."""
    raw = raw_case("esketamine")
    raw["request"]["plan"] = f"Secret {LONG}"
    done = fill(raw).done
    told = repr(done) + "".join(map(str, done.problems))
    assert "Secret" not in told
    assert "Whitfield" not in told


def test_a_changed_form_is_told(fill: Callable[..., Filled], tmp_path: Path) -> None:
    """The map was made for another edition: a person compares."""
    text = SAMPLE_MAP.replace("number: S1", f"number: S1\nsha256: {'0' * 64}")
    problems = fill(form=form_of(tmp_path, text)).done.problems
    assert [one.what for one in problems] == ["the PDF is not the one that the map was made for"]


def test_a_box_that_nobody_has_mapped_is_listed(
    fill: Callable[..., Filled], tmp_path: Path
) -> None:
    """Nobody has decided that it may stay blank; one that is left for a reason is not listed."""
    uses = "  member: {leave: not mapped yet}\n  phone: {leave: not asked here}\n"
    text = f"title: A\nfields:\n{uses}"
    unfilled = fill(raw_case("esketamine"), form_of(tmp_path, text)).done.unfilled
    assert [(one.name, one.why) for one in unfilled] == [("member", "not mapped yet")]
