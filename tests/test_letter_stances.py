"""Which letter a payer's stance and the findings call for, and when there is only a draft."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from conftest import DAY, case_of, criteria_in, lines_of, raw_case, without, words_of

from priorauth import pipeline
from priorauth.criteria import weigh_case
from priorauth.library import Library
from priorauth.payer import Stance

if TYPE_CHECKING:
    from pathlib import Path

    from priorauth.criteria import Verdict

    Criterion = dict[str, Any]

SHIPPED = Library.open()
MET = {"id": "age", "kind": "age", "requirement": "The patient is 18 or older", "least": "18"}
NOT_MET = {"id": "young", "kind": "age", "requirement": "The patient is a child", "below": "18"}
SECOND = {"id": "old", "kind": "age", "requirement": "The patient is 65 or older", "least": "65"}
OPEN = {
    "id": "pregnancy",
    "kind": "attestation",
    "requirement": "Pregnancy has been ruled out",
    "attestation": "not_pregnant",
    "question": "Has pregnancy been ruled out?",
}


def wrote(folder: Path, stance: str, criteria: Criterion | None = None, **more: Any) -> Library:  # noqa: ANN401
    """Return a library with one more payer, whose one policy says what is given."""
    version = {
        "id": "first",
        "effective_from": "2026-01-01",
        "stance": stance,
        "source": {
            "title": "Policy 7",
            "read_on": "2026-11-01",
            "read": "own_document",
            "mark": "V",
        },
        **({"criteria": criteria} if criteria else {}),
        **more,
    }
    policy = {"title": "Nasal sprays", "number": "P7", "services": ["esketamine"]}
    payer = folder / "payers" / "county"
    payer.mkdir(parents=True)
    (payer / "payer.yaml").write_text(json.dumps({"name": "County Plan"}), "utf-8")
    (payer / "p7.yaml").write_text(json.dumps({**policy, "versions": [version]}), "utf-8")
    found = Library.open(folder)
    assert found.payer("county").problems == ()
    return found


def asked(*exceptions: str, **request: str) -> Any:  # noqa: ANN401 - a case file's values
    """Return a case for that payer with exceptions to the criteria named."""
    raw = without(raw_case("esketamine"), "rationale")
    raw["coverage"]["payer"] = "county"
    raw["request"] |= request
    raw["exceptions"] = [
        {"criterion": name, "reason": f"My reason on {name}.", "by": "A. Moreno", "on": "2026-11"}
        for name in exceptions
    ]
    return raw


def letter(raw: Any, library: Library) -> tuple[Verdict, str]:  # noqa: ANN401
    """Return the verdict on the case and its letter as HTML."""
    verdict = weigh_case(case_of(raw), library, DAY)
    return verdict, pipeline.html(verdict, SHIPPED)  # whose templates are compiled already


def is_draft(html: str) -> bool:
    """Return whether the letter is only a draft."""
    return 'class="draft' in html


def exceptions(html: str) -> list[tuple[str, str, str]]:
    """Return the exceptions asked for: what to, the reason, and who gives it."""
    lines = lines_of(html)
    places = [place for place, line in enumerate(lines) if line.startswith("My reason on ")]
    return [(lines[place - 1], lines[place], lines[place + 1]) for place in places]


def title(html: str) -> str:
    """Return the title of the letter."""
    [found] = [line[2:] for line in lines_of(html) if line.startswith("# ")]
    return found


def test_covered_and_met_is_a_request(tmp_path: Path) -> None:
    """All criteria met: the letter asks for prior authorization and can be sent."""
    verdict, html = letter(asked(), wrote(tmp_path, "covered", MET))
    assert verdict.ready
    assert not is_draft(html)
    assert title(html) == "Request for prior authorization"
    assert "Please approve esketamine nasal spray (Spravato) for Dana Whitfield" in words_of(html)
    [row] = criteria_in(html)
    assert row.startswith("1 | The patient is 18 or older | met |")


def test_not_met_without_an_exception_is_only_a_draft(tmp_path: Path) -> None:
    """The draft says what is not met and how to ask for an exception."""
    verdict, html = letter(asked(), wrote(tmp_path, "covered", NOT_MET))
    assert not verdict.ready
    assert is_draft(html)
    text = words_of(html)
    assert "Not met." in text
    assert "`criterion: young`" in text
    assert exceptions(html) == []


def test_not_met_with_an_exception_is_a_letter_that_names_the_requirement(tmp_path: Path) -> None:
    """The finding stays `not met`; the exception names the requirement, the reason and who asks."""
    verdict, html = letter(asked("young"), wrote(tmp_path, "covered", {"all": [MET, NOT_MET]}))
    assert verdict.ready
    assert not is_draft(html)
    assert title(html) == "Request for an individual exception"
    assert criteria_in(html)[1].startswith("2 | The patient is a child | not met |")
    [(to, reason, by)] = exceptions(html)
    assert "The patient is a child" in to
    assert (reason, by) == ("My reason on young.", "A. Moreno, 11/2026")
    assert "make an exception" in words_of(html)


def test_an_exception_to_something_else_does_not_help(tmp_path: Path) -> None:
    """A reason that answers another criterion leaves the letter a draft."""
    verdict, html = letter(asked("age"), wrote(tmp_path, "covered", {"all": [MET, NOT_MET]}))
    assert not verdict.ready
    assert is_draft(html)
    assert "My reason on age." not in words_of(html)


def test_one_exception_is_enough_for_a_choice_that_is_not_met(tmp_path: Path) -> None:
    """Of a choice only one part has to be made up for."""
    verdict, html = letter(asked("old"), wrote(tmp_path, "covered", {"any": [NOT_MET, SECOND]}))
    assert verdict.ready
    assert "The patient is 65 or older" in exceptions(html)[0][0]


def test_an_unknown_criterion_keeps_the_letter_a_draft(tmp_path: Path) -> None:
    """What is unknown is a question, also where an exception was asked for."""
    library = wrote(tmp_path, "covered", {"all": [NOT_MET, OPEN]})
    verdict, html = letter(asked("young", "pregnancy"), library)
    assert not verdict.ready
    assert is_draft(html)
    assert "Write the answer as `not_pregnant:`" in words_of(html)


def test_a_final_letter_shows_no_unknown_part_of_a_choice(tmp_path: Path) -> None:
    """Two of three are out of reach and an exception is asked for: the open third is not shown."""
    choice = {"id": "two", "at_least": "2", "of": [NOT_MET, SECOND, OPEN]}
    verdict, html = letter(asked("two"), wrote(tmp_path, "covered", choice))
    assert verdict.ready
    assert not is_draft(html)
    assert "unknown" not in words_of(html)


def test_an_exception_to_a_group_names_what_the_group_asks(tmp_path: Path) -> None:
    """The heading of an exception is never empty."""
    choice = {"id": "two", "requirement": "One age fits", "any": [NOT_MET, SECOND]}
    _, html = letter(asked("two"), wrote(tmp_path, "covered", choice))
    [(to, reason, _)] = exceptions(html)
    assert to.startswith("### ")
    assert "One age fits" in to
    assert reason == "My reason on two."


@pytest.mark.parametrize(
    ("stance", "words"),
    [
        ("experimental", "experimental or investigational"),
        ("not_covered", "does not cover"),
    ],
)
def test_a_payer_that_does_not_cover_is_asked_for_an_exception(
    stance: str, words: str, tmp_path: Path
) -> None:
    """With the prescriber's reason on the stance as a whole the letter says what the stance is."""
    verdict, html = letter(asked("stance"), wrote(tmp_path, stance))
    assert verdict.ready
    assert not is_draft(html)
    assert title(html) == "Request for an individual exception"
    [(to, reason, by)] = exceptions(html)
    assert "County Plan" in to
    assert words in to
    assert (reason, by) == ("My reason on stance.", "A. Moreno, 11/2026")
    assert criteria_in(html) == []


@pytest.mark.parametrize("stance", ["experimental", "not_covered"])
def test_without_a_reason_nothing_can_be_asked_of_such_a_payer(stance: str, tmp_path: Path) -> None:
    """The draft asks the prescriber for the reasons, and writes none."""
    verdict, html = letter(asked(), wrote(tmp_path, stance))
    assert not verdict.ready
    assert is_draft(html)
    assert "`criterion: stance`" in words_of(html)
    assert exceptions(html) == []


def test_no_authorization_needed_is_a_record(tmp_path: Path) -> None:
    """Where none is needed none is asked for: the letter records the medical necessity."""
    verdict, html = letter(asked(), wrote(tmp_path, "no_authorization_needed"))
    assert verdict.ready
    assert title(html) == "Record of medical necessity"
    text = words_of(html)
    assert "records the medical necessity of esketamine nasal spray" in text
    assert not re.search(r"[Pp]lease approve|is requested|cannot be approved|exception", text)


def test_a_silent_policy_gets_a_general_letter(tmp_path: Path) -> None:
    """A policy without a word on the service claims no criteria."""
    verdict, html = letter(asked(), wrote(tmp_path, "silent"))
    assert verdict.stance is Stance.SILENT
    assert verdict.ready
    assert title(html) == "Letter of medical necessity"
    assert criteria_in(html) == []
    assert "counted for this policy" not in words_of(html)


def test_a_version_that_has_ended_governs_no_more(tmp_path: Path) -> None:
    """After its last day the policy is not named, and no criteria are claimed."""
    library = wrote(tmp_path, "covered", MET, effective_to="2026-10-31")
    verdict, html = letter(asked(), library)
    assert verdict.governing is None
    assert title(html) == "Letter of medical necessity"
    assert "Nasal sprays" not in words_of(html)


def test_a_renewal_says_that_it_is_one(tmp_path: Path) -> None:
    """In the title and in the reference block."""
    renewal = {"criteria": {**MET, "id": "still"}}
    _, html = letter(asked(kind="renewal"), wrote(tmp_path, "covered", MET, renewal=renewal))
    assert title(html).endswith(": renewal")
    assert "Request type | Renewal request, standard" in lines_of(html)


def test_a_renewal_is_weighed_by_the_criteria_for_renewals(tmp_path: Path) -> None:
    """The first request's criteria are not shown to answer a renewal."""
    renewal = {"criteria": {**MET, "id": "still", "requirement": "Still 18 or older"}}
    _, html = letter(asked(kind="renewal"), wrote(tmp_path, "covered", MET, renewal=renewal))
    assert "Still 18 or older" in words_of(html)
    assert "The patient is 18 or older" not in words_of(html)


def test_the_letter_goes_where_the_payer_takes_such_requests(tmp_path: Path) -> None:
    """Of the payer's addresses the one for this benefit and urgency is printed."""
    library = wrote(tmp_path, "covered", MET)
    places = [
        {"fax": "800-555-0101", "source": "site", "read_on": "2026-11-01"},
        {"fax": "800-555-0102", "source": "site", "read_on": "2026-11-01", "benefit": "medical"},
        {"fax": "800-555-0103", "source": "site", "read_on": "2026-11-01", "benefit": "pharmacy"},
    ]
    path = tmp_path / "payers" / "county" / "payer.yaml"
    path.write_text(json.dumps({"name": "County Plan", "addresses": places}), "utf-8")
    _, html = letter(asked(), Library.open(library.roots[0]))
    text = words_of(html)
    assert "Fax 800-555-0102" in text
    assert "0101" not in text
    assert "0103" not in text


def test_staff_know_better_where_the_letter_goes(tmp_path: Path) -> None:
    """The address in the case stands before that of the library."""
    raw = asked()
    raw["coverage"]["send_to"] = {"department": "Desk 9", "fax": "800-555-0109"}
    _, html = letter(raw, wrote(tmp_path, "covered", MET))
    assert "County Plan / Desk 9 / Fax 800-555-0109" in lines_of(html)
