"""Records that need the patient's signature: never bound without it, never without their notice."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from conftest import DAY, case_of, pages_of, raw_case

from priorauth import intake
from priorauth.criteria.consents import withheld
from priorauth.datafile import Datafile
from priorauth.letter import compose
from priorauth.reference import Mark, notices

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Done

    from priorauth.criteria import Verdict

    Run = Callable[..., Done]
    Sample = Callable[[str], Path]

ON = ("--on", str(DAY))
THERAPY = 2  # the number of the exhibit that the tests protect; its letter is C
SIGNED = {"by": "Dana Whitfield", "on": "2026-10-12"}
SCOPED = SIGNED | {"scope": "The program's summary may be given to Cigna Healthcare for payment."}


def protected(consents: Any = None, **exhibit: Any) -> Any:  # noqa: ANN401 - a case file's values
    """Return a sample whose psychotherapy exhibit has these keys, with what the patient signed."""
    raw = raw_case("esketamine")
    raw["exhibits"][THERAPY] |= exhibit
    return raw | ({"consents": consents} if consents else {})


def lacks(raw: Any) -> list[str]:  # noqa: ANN401 - a case file's values
    """Return what is withheld of a case file's values, with the field that says so."""
    return [f"{one.trail[-1]}: {one.named} {one.what}" for one in withheld(case_of(raw), DAY)]


def said(raw: Any) -> list[str]:  # noqa: ANN401 - a case file's values
    """Return the problems of a case file's values, without what to do."""
    problems = intake.understand(Datafile("case.yaml", raw), DAY).problems
    return [f"{p.severity.value}: {p.place.field}: {p.what}" for p in problems]


# --- what lacks -----------------------------------------------------------------------------------

NOTES = "kind: exhibit C (therapy) is psychotherapy notes, which a payer may be sent only with the "
PROGRAM = "part_2: exhibit C (therapy) is a record of a substance use disorder program"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (protected(), []),
        (protected(part_2="no"), []),
        (protected(kind="psychotherapy_notes"), [NOTES]),
        (protected({"psychotherapy_notes": SIGNED}, kind="psychotherapy_notes"), []),
        (protected({"part_2": SCOPED}, kind="psychotherapy_notes"), [NOTES]),
        (protected(part_2="yes"), [f"{PROGRAM}, which may be sent only with"]),
        (protected({"part_2": SCOPED}, part_2="yes"), []),
        (protected({"part_2": SIGNED}, part_2="yes"), [f"{PROGRAM}: a copy of the consent, or a"]),
        (
            protected(
                {"part_2": SIGNED | {"evidence": {"exhibit": "rems", "page": "1"}}}, part_2="yes"
            ),
            [],
        ),
        (protected({"part_2": SCOPED | {"expires": "2026-11-22"}}, part_2="yes"), []),
        (
            protected({"part_2": SCOPED | {"expires": "2026-11-21"}}, part_2="yes"),
            [f"{PROGRAM}, which may be sent only with"],
        ),
        (
            protected({"psychotherapy_notes": SIGNED}, part_2="yes", kind="psychotherapy_notes"),
            [f"{PROGRAM}, which may be sent only with"],
        ),
    ],
)
def test_each_kind_of_record_needs_a_form_of_its_own(raw: Any, expected: list[str]) -> None:  # noqa: ANN401
    """One form never stands for the other, an ended one for none; a scope or a copy goes along."""
    found = lacks(raw)
    assert len(found) == len(expected)
    assert all(one.startswith(start) for one, start in zip(found, expected, strict=True))


def test_what_lacks_is_asked_and_no_packet_is_made_of_it(run: Run, sample: Sample) -> None:
    """`check` lists it among the questions; not even a draft of the packet encloses it."""
    case = sample("esketamine")
    text = case.read_text("utf-8").replace(
        "kind: psychotherapy_summary", "kind: psychotherapy_notes"
    )
    case.write_text(text, "utf-8")
    done = run("check", case, *ON)
    out = " ".join(done.out.split())
    assert done.code == 1
    assert "1. Exhibit C (therapy) is psychotherapy notes" in out
    assert "Ask the patient." in out
    done = run("packet", case, "--draft", *ON)
    assert done.code == 2
    assert re.search(
        r"case.yaml:\d+: error: exhibits.2.kind: exhibit C \(therapy\) is psych", done.err
    )
    assert "write `kind: psychotherapy_summary` or `kind: chart_notes`" in done.err
    assert not list(case.parent.parent.glob("*.pdf"))


# --- the door -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (protected({"part_2": SCOPED}), "warning: consents.part_2: a consent is recorded, and no "),
        (
            protected({"part_2": SCOPED | {"on": "2026-11-23"}}, part_2="yes"),
            "error: consents.part_2.on: the date is in the future",
        ),
        (
            protected({"part_2": SCOPED | {"expires": "2026-10-11"}}, part_2="yes"),
            "error: consents.part_2.expires: the consent ends before it was signed",
        ),
        (
            protected({"part_2": {"on": "2026-10-12"}}, part_2="yes"),
            "error: consents.part_2.by: is missing",
        ),
        (
            protected(title="Process notes of the sessions"),
            "warning: exhibits.2.title: the title speaks of psychotherapy notes",
        ),
        (
            protected({"part_2": SCOPED}, part_2="yes", title="Summary of the methadone program"),
            "hint: exhibits.2.title: the fax cover lists this title, and it tells of treatment",
        ),
        (
            protected(part_2="perhaps"),
            "error: exhibits.2.part_2: ",
        ),
        (
            protected() | {"diagnoses": [{"code": "F33.2"}, {"code": "F10.20"}]},
            "hint: diagnoses.1.code: this diagnosis is one of substance use: is an exhibit",
        ),
    ],
)
def test_what_is_half_said_is_told(raw: Any, expected: str) -> None:  # noqa: ANN401
    """A form without its record, a day that cannot be, a title or a diagnosis that says more."""
    [one] = said(raw)
    assert one.startswith(expected)


def test_a_diagnosis_of_substance_use_is_no_longer_asked_about_once_answered() -> None:
    """`part_2: no` on an exhibit is the answer."""
    raw = protected(part_2="no") | {"diagnoses": [{"code": "F33.2"}, {"code": "F10.20"}]}
    assert said(raw) == []


# --- the notice -----------------------------------------------------------------------------------


def test_the_statements_are_those_in_force_since_2024() -> None:
    """The wording of 2018 and 2020, which still goes around, is not printed."""
    long, short = notices.notice("part_2"), notices.notice("part_2_short")
    assert short.paragraphs == (
        "42 CFR part 2 prohibits unauthorized use or disclosure of these records.",
    )
    text = " ".join(long.paragraphs)
    assert (
        "in any civil, criminal, administrative, or legislative proceedings by any Federal" in text
    )
    assert text.endswith("further use or redisclose the record (see 42 CFR 2.31).")
    for one in (long, short):
        assert (one.mark, str(one.since), one.under) == (Mark.V, "2024-04-16", "89 FR 12472")


def test_other_letters_have_no_notice(verdict_of: Callable[[Any], Verdict]) -> None:
    """It is there for records of a program alone, and only with the consent that lets them go."""
    assert compose(verdict_of("esketamine")).notice is None
    assert compose(verdict_of(protected(part_2="yes"))).notice is None
    assert compose(verdict_of(protected({"part_2": SCOPED}, part_2="yes"))).notice is not None


def test_the_notice_goes_along_and_every_page_of_the_record_says_it(
    run: Run, sample: Sample
) -> None:
    """A page before the exhibits, and the short statement at the foot of the record's own pages.

    The cover, which anybody by the fax machine reads, does not say what kind of notice it is.
    """
    case = sample("esketamine")
    text = case.read_text("utf-8").replace("file: therapy.pdf}", "file: therapy.pdf, part_2: yes}")
    case.write_text(f"{text}\nconsents: {json.dumps({'part_2': SCOPED})}\n", "utf-8")
    assert "`priorauth packet` adds it" in run("letter", case, "--html", *ON).err
    assert run("packet", case, *ON).code == 0
    pages = [" ".join(page.split()) for page in pages_of(case.parent.parent / "packet.pdf")]
    short = " ".join(notices.notice("part_2_short").paragraphs)
    [notice] = [page for page in pages if "Notice, page 1 of 1" in page]
    for paragraph in notices.notice("part_2").paragraphs:
        assert paragraph in notice
    assert "Exhibit C: Psychotherapy summary (packet page 18)" in notice
    assert "Signed by Dana Whitfield Signed on 10/12/2026" in notice
    assert SCOPED["scope"] in notice
    assert pages.index(notice) + 1 == 8
    assert [number for number, page in enumerate(pages, 1) if short in page] == [18]
    assert pages[17].endswith(
        f"{short} Dana Whitfield | Born 03/09/1984 | Member ID U1234567801 Exhibit C, page 1 "
        "Packet page 18 of 21"
    )
    assert "Notice to the recipient 8" in pages[0]
    assert "Part 2" not in pages[0]
