"""The pages of a letter: identity on each, nothing cut off or torn apart, whatever the case is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from conftest import (
    DAY,
    NAMES,
    Word,
    bare_case,
    lines_of,
    pages_of,
    raw_case,
    rows_on,
    without,
)

from priorauth import intake
from priorauth.datafile import Datafile
from priorauth.dates import shown
from priorauth.pdf import LayoutError

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Made

    from priorauth.pdf import Printer

    Make = Callable[[Any], Made]

pytestmark = pytest.mark.no_cover  # other tests run the same lines

ANY_SAMPLE = pytest.mark.parametrize("name", NAMES)
WIDTH, HEIGHT = 612, 792
EDGE = 14  # points, about 5 mm, that a fax machine may not print
FOOT = "DRAFT: not to be sent"
TABLES = {"Treatment Doses and dates How long", "No. The payer asks Finding"}


def identity(made: Made) -> str:
    """Return what stands at the top of every page."""
    case = made.verdict.case
    born = shown(case.patient.birth_date)
    return f"{case.patient.name.full} | Born {born} | Member ID {case.coverage.member_id}"


def on_one_line(text: str) -> str:
    """Return the text with single blanks."""
    return " ".join(text.split())


def squeezed(text: str) -> str:
    """Return the text without its blanks."""
    return "".join(text.split())


def body(page: list[Word]) -> list[str]:
    """Return the lines of a page without the header and the mark of a draft."""
    rows = [row for row in rows_on([word for word in page if word.top > 60]) if row != FOOT]
    return [row for row in rows if not row.startswith("Page ")]


# --- every page -----------------------------------------------------------------------------------


@ANY_SAMPLE
def test_every_page_says_who_and_which_page(name: str, made: Callable[[str], Made]) -> None:
    """Name, date of birth, member id and `Page x of y` stand at the top of each page."""
    one = made(name)
    count = len(one.pages)
    assert count > 1
    for number, page in enumerate(one.pages, 1):
        assert on_one_line(page).startswith(f"{identity(one)} Page {number} of {count}")


@ANY_SAMPLE
def test_a_draft_says_so_on_every_page_and_nothing_else_does(
    name: str, made: Callable[[str], Made]
) -> None:
    """DRAFT stands at the foot of each page of a draft, and in no other letter."""
    one = made(name)
    assert [("DRAFT" in page) for page in one.pages] == [one.letter.draft] * len(one.pages)


def test_the_open_questions_are_on_the_first_page(made: Callable[[str], Made]) -> None:
    """Whoever holds the draft sees at once what is missing."""
    one = made("open-questions")
    first = on_one_line(one.pages[0])
    assert len(one.verdict.questions) > 3
    for question in one.verdict.questions:
        assert on_one_line(question.text) in first


@ANY_SAMPLE
def test_the_pages_hold_what_the_html_says(name: str, made: Callable[[str], Made]) -> None:
    """Nothing of the content is lost on the way to paper: every line is there, in its order."""
    one = made(name)
    head = re.escape(identity(one)).replace(r"\ ", r"\s+") + r"\s+Page\s+\d+\s+of\s+\d+"
    text = "".join(re.sub(head, "", page) for page in pages_of(one.path, "-raw"))
    text = squeezed(text.replace(FOOT, "").replace("\N{BULLET}", ""))
    place = 0
    not_drawn = r"(?s)<head>.*?</head>|<p class=.running.*?</p>|<svg.*?</svg>"
    for line in lines_of(re.sub(not_drawn, "", one.html)):
        for part in re.split(r"[|]| / ", re.sub(r"^(#+|-) ", "", line)):
            place = text.find(squeezed(part), place)
            assert place >= 0, part


@ANY_SAMPLE
def test_the_figure_names_what_it_draws(name: str, made: Callable[[str], Made]) -> None:
    """Every label of the figure can be read on the page."""
    one = made(name)
    figure = one.letter.timeline
    assert figure is not None
    text = squeezed("".join(pages_of(one.path, "-raw")))
    labels = [bar.label for bar in figure.bars]
    labels += [track.label for track in figure.tracks] + [tick.label for tick in figure.ticks]
    assert [label for label in labels if squeezed(label) not in text] == []


@ANY_SAMPLE
def test_nothing_lies_outside_the_page(name: str, made: Callable[[str], Made]) -> None:
    """Every word is inside the part of the sheet that a fax machine prints."""
    assert outside(made(name)) == []


def outside(made: Made) -> list[str]:
    """Return the words that are cut off, each with its page."""
    return [
        f"page {number}: {word.text}"
        for number, page in enumerate(made.words, 1)
        for word in page
        if not (
            word.left >= EDGE
            and word.right <= WIDTH - EDGE
            and word.top >= EDGE
            and word.bottom <= HEIGHT - EDGE
        )
    ]


# --- letters of any length ------------------------------------------------------------------------


def longer(amount: int) -> Any:  # noqa: ANN401 - a case file's values
    """Return a case with so many more treatments, and reasons that grow with them."""
    raw = raw_case("esketamine")
    raw["treatments"] += [
        {
            "psychotherapy": f"Course {place:02}",
            "from": f"{2021 + place % 5}-0{1 + place % 9}",
            "to": f"{2021 + place % 5}-1{place % 3}",
            "sessions": str(4 + place),
            "outcome": "no_response",
            "stopped_because": "it had not helped " + "and she was tired of it " * (place % 4),
            "source": "chart",
        }
        for place in range(amount)
    ]
    raw["rationale"]["why_now"] += " It goes on and on." * (7 * amount)
    return raw


def headings(html: str) -> set[str]:
    """Return the headings of a letter, and the titles of the groups of its history."""
    found = {re.sub(r"^#+ ", "", line) for line in lines_of(html) if line.startswith("#")}
    groups = re.findall(r'<th scope="rowgroup"[^>]*>(.*?)</th>', html)
    return found | set(groups)


def check_pages(made: Made) -> None:
    """Fail when a page of the letter is torn where it may not be."""
    last_lines = [body(page)[-1] for page in made.words]
    known = headings(made.html)
    assert [line for line in last_lines if line in known] == [], "a heading at the foot of a page"
    assert [line for line in last_lines if any(line.startswith(t) for t in TABLES)] == []
    attested = " ".join(made.letter.attestation.split()[:5])
    signed = [
        number
        for number, page in enumerate(made.pages)
        for mark in (attested, f"{made.letter.signer.label} Date", made.letter.signer.value)
        if any(on_one_line(line).startswith(mark) for line in page.split("\n"))
    ]
    if made.letter.draft:
        assert signed == [], "a draft is not signed"
    else:
        assert len(signed) == 3
        assert len(set(signed)) == 1, "the signature is torn apart"
    assert outside(made) == []


@ANY_SAMPLE
def test_the_samples_break_well(name: str, made: Callable[[str], Made]) -> None:
    """No heading stands alone at a page's foot, and the signature is in one piece."""
    check_pages(made(name))


@pytest.mark.parametrize("amount", [1, 2, 3, 4, 6, 8, 11, 15])
def test_a_letter_of_any_length_breaks_well(amount: int, make: Make) -> None:
    """The same holds wherever a page ends; there the head of the table is repeated, no row torn."""
    check_breaks(make(longer(amount)))


def check_breaks(made: Made) -> None:
    """Fail when a page or a table of the letter is torn where it may not be."""
    check_pages(made)
    asked = "|".join(re.escape(row.requirement.split()[0]) for row in made.letter.criteria)
    for page in made.pages:
        lines = [on_one_line(line) for line in page.split("\n")]
        rows = [line for line in lines if re.match(r"Course \d\d .*no response", line)]
        if rows:
            assert any(line.startswith("Treatment Doses and dates") for line in lines)
        for row in rows:
            assert re.search(r"\d\d/\d{4} to \d\d/\d{4} .* chart", row)
        if any(re.match(rf"\d+ ({asked})\b.* met ", line) for line in lines):
            assert any(line.startswith("No. The payer asks Finding") for line in lines)


# --- strange cases --------------------------------------------------------------------------------


def named(given: str, family: str) -> Any:  # noqa: ANN401 - a case file's values
    """Return a case of a patient of that name whose letter is short: no criteria are on file."""
    raw = without(bare_case("esketamine"), "rationale")
    del raw["treatments"][1:]
    raw["coverage"] = {"payer": "A plan of the county", "member_id": "U1234567801"}
    raw["patient"]["name"] = {"given": given, "family": family}
    return raw


@pytest.mark.parametrize(
    ("given", "family"),
    [
        ("Zoë-Hélène", "Ñuñez Müller"),
        ("Łukasz", "Żółć-Szczęsny"),
        ("Nguyễn Thị", "Phượng"),
        ("Ελένη", "Παπαδοπούλου"),
        ("Юлия", "Щербакова"),
        ("Siân", "O'Brien-D\N{RIGHT SINGLE QUOTATION MARK}Arcy"),
        ("<script>alert(1)</script>", "& <b>Sons</b>"),
        ("{{ 7*7 }}", "{% raw %}"),
        ('"Jo"', "#{1+1} ${7*7}"),
    ],
)
def test_a_name_is_printed_letter_by_letter(given: str, family: str, make: Make) -> None:
    """Every European script is printed, and what looks like code is printed as it stands."""
    made = make(named(given, family))
    for page in made.pages:
        assert on_one_line(page).startswith(f"{given} {family} | Born 03/09/1984 | Member ID")
    assert squeezed(made.pages[0]).count(squeezed(f"{given} {family}")) >= 3


@pytest.mark.parametrize(
    ("given", "family"),
    [("美咲", "田中"), ("Ann😀", "Lee"), ("محمد", "علي"), ("שרה", "כהן"), ("स्मिता", "पाटिल")],
)
def test_a_letter_that_our_fonts_lack_stops_the_printing(
    given: str, family: str, html_of: Callable[[Any], str], printer: Printer
) -> None:
    """No empty box, and no font that only this machine has: the character is told instead."""
    html = html_of(named(given, family))
    with pytest.raises(LayoutError) as raised:
        printer.pdf(html, DAY)
    assert "character" in str(raised.value)
    assert given not in str(raised.value)
    assert "%" not in str(raised.value)


def test_code_in_any_field_is_printed_as_it_stands(make: Make) -> None:
    """Nothing that staff write is run, neither as a template nor as HTML."""
    code = "<img src=x onerror=alert(1)> {{ letter.__class__ }} &amp; \"q\" 'r' {% if %} </p>"
    raw = raw_case("esketamine")
    raw["rationale"] = {"why_now": code}
    raw["practice"]["name"] = f"A {code}"
    raw["request"]["plan"] = f"B {code}"
    raw["treatments"][0]["stopped_because"] = f"C {code}"
    raw["exhibits"][0]["title"] = f"D {code}"
    made = make(raw)
    text = squeezed("".join(pages_of(made.path, "-raw")))
    for place in ("", "A", "B", "C", "D"):
        assert squeezed(f"{place} {code}") in text
    assert "<img" not in made.html


def test_sixty_more_treatments_are_all_printed(make: Make) -> None:
    """Each has its row on pages that break well; the figure says what it leaves out."""
    made = make(longer(60))
    check_breaks(made)
    text = " ".join(made.pages)
    assert [n for n in range(60) if not re.search(rf"Course {n:02} .*no response", text)] == []
    assert made.letter.timeline is not None
    drawn = len(made.letter.timeline.bars)
    dated = len(made.verdict.case.treatments)
    told = re.search(r"\d+", made.letter.timeline.note)
    assert drawn + int(told[0] if told else 0) == dated


def test_long_notes_are_printed_whole(make: Make) -> None:
    """A note of four hundred characters keeps to its column and loses no word."""
    note = " ".join(f"word{number:03}" for number in range(50))
    raw = raw_case("esketamine")
    for treatment in raw["treatments"]:
        treatment["stopped_because"] = note
    made = make(raw)
    text = " ".join(made.pages)
    for number in range(50):
        assert text.count(f"word{number:03}") == len(raw["treatments"])
    assert outside(made) == []


LONG_WORDS = {
    "patient.name.family": 60,
    "practice.name": 150,
    "coverage.plan_name": 150,
    "request.plan": 300,
    "request.place_of_service": 150,
    "rationale.why_now": 300,
    "treatments.0.stopped_because": 300,
    "treatments.-1.psychotherapy": 150,
    "treatments.-1.provider": 150,
    "exhibits.0.title": 150,
}


def set_at(raw: Any, path: str, value: str) -> None:  # noqa: ANN401 - a case file's values
    """Write a value into a case file's values."""
    *front, last = path.split(".")
    for key in front:
        raw = raw[int(key)] if isinstance(raw, list) else raw[key]
    raw[last] = value


def test_a_word_without_end_is_broken_not_cut(make: Make) -> None:
    """A word longer than its line goes on in the next line, in every part of the letter."""
    raw = raw_case("esketamine")
    raw["treatments"].append({"psychotherapy": "CBT"})
    for place, (path, length) in enumerate(LONG_WORDS.items()):
        set_at(raw, path, chr(ord("A") + place) * length)
    made = make(raw)
    cut = "".join(word.split(": ")[1] for word in outside(made))
    letters = {path: chr(ord("A") + place) for place, path in enumerate(LONG_WORDS)}
    assert [path for path, letter in letters.items() if letter * 9 in cut] == []


def test_a_long_name_keeps_every_page_whole(make: Make) -> None:
    """A name of four long parts goes over two lines at the top of the page, and is all there."""
    raw = named("Maria Antonia Francisca", "Fernández-Villanueva y Montgomery-Ashworth")
    raw["patient"]["name"] |= {"middle": "de la Concepción Guadalupe", "suffix": "III"}
    made = make(raw)
    for page in made.pages:
        assert identity(made).replace(" ", "") in "".join(page.split("\n\n")[0].split())
    assert outside(made) == []


@pytest.mark.parametrize("length", [60, 100, 200])
def test_the_longest_name_that_a_case_takes_is_not_cut(length: int, make: Make) -> None:
    """A name is refused, or stands whole at the top of every page, inside what a fax prints."""
    raw = named("Maria " * (length // 6), "Lopez " * (length // 6))
    if intake.understand(Datafile("case.yaml", raw), DAY).case is None:
        return
    made = make(raw)
    for page in made.words:
        top = [word.text for word in page if word.top < 70]
        assert top.count("Maria") == length // 6
        assert "U1234567801" in top
    assert outside(made) == []
