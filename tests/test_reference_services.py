"""Services: a code holds on its days only, and a letter states only what a source supports."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from priorauth.reference import Mark, drugs, icd10cm, services

if TYPE_CHECKING:
    from priorauth.reference.services import Approval, Fact, Service, ServiceCode


def service(service_id: str) -> Service:
    """Return the service of that id; there must be one."""
    found = services.find(service_id)
    assert found is not None, service_id
    return found


def test_the_services() -> None:
    """Four services are known, and nothing else is."""
    assert [found.id for found in services.services()] == [
        "esketamine",
        "iv_ketamine",
        "tms",
        "ect",
    ]
    assert services.find("ketamine") is None
    assert services.nearest_ids("esketamin") == ("esketamine", "iv_ketamine")


@pytest.mark.parametrize(
    ("code", "day", "valid"),
    [
        ("J0013", date(2025, 12, 31), False),
        ("J0013", date(2026, 1, 1), True),
        ("S0013", date(2025, 12, 31), True),
        ("S0013", date(2026, 1, 1), False),
        ("G2082", date(2026, 11, 22), True),
    ],
)
def test_a_code_holds_on_its_days(code: str, day: date, *, valid: bool) -> None:
    """The code of esketamine changed with the year 2026."""
    found = service("esketamine").code(code)
    assert found is not None
    assert found.valid_on(day) is valid


def test_an_ended_code_names_its_successor() -> None:
    """An ended code leads to one that begins on the next day."""
    old, new = service("esketamine").code("s0013"), service("esketamine").code("J0013")
    assert old is not None
    assert new is not None
    assert old.replaced_by == new.code
    assert old.valid_to == date(2025, 12, 31)
    assert new.valid_from == date(2026, 1, 1)


def test_the_codes_of_a_day() -> None:
    """Only one code for the drug itself is in force on any day."""
    for day, code in ((date(2025, 6, 1), "S0013"), (date(2026, 6, 1), "J0013")):
        valid = [known.code for known in service("esketamine").codes_on(day)]
        assert [c for c in valid if c.endswith("0013")] == [code]


def test_a_published_mistake_is_known() -> None:
    """J0222 is no code of esketamine, and staff are told so."""
    esketamine = service("esketamine")
    assert esketamine.code("J0222") is None
    mistake = esketamine.not_code("j0222")
    assert mistake is not None
    assert mistake.mark.printable
    assert "patisiran" in mistake.really
    assert esketamine.not_code("J0013") is None


def test_drug_codes_are_written_with_eleven_digits() -> None:
    """A National Drug Code stands in the form that claims use, so that it can be compared."""
    ndcs = [c.code for s in services.services() for c in s.codes if c.system == "NDC"]
    assert ndcs == ["50458-0028-02", "50458-0028-03"]


def test_ketamine_is_said_to_be_off_label() -> None:
    """Intravenous ketamine has no approval here, and the one sentence that may be said of it."""
    ketamine = service("iv_ketamine")
    assert ketamine.approvals == ()
    assert ketamine.off_label is not None
    assert ketamine.off_label.text == (
        "Ketamine is approved by the FDA as an anesthetic; its use for depression is off-label."
    )
    assert ketamine.rems is None


def test_only_ketamine_is_off_label() -> None:
    """No approved service carries the sentence, and every other one carries an approval."""
    others = [found for found in services.services() if found.id != "iv_ketamine"]
    assert all(found.off_label is None and found.printable_approvals for found in others)


def test_the_approvals_of_esketamine() -> None:
    """Both indications are for adults, and the monotherapy is dated to the month that is sure."""
    approvals = {a.id: a for a in service("esketamine").printable_approvals}
    assert {a.population for a in approvals.values()} == {"adults"}
    assert str(approvals["trd"].since) == "2019-03-05"
    assert str(approvals["trd_alone"].since) == "2025-01"
    assert "alone" in approvals["trd_alone"].text


def test_the_label_of_esketamine() -> None:
    """Observation, boxed warning and the limitation about suicide are there to be stated."""
    esketamine = service("esketamine")
    assert "2 hours" in esketamine.printable_facts("monitoring")[0].text
    assert "respiratory depression" in esketamine.printable_facts("boxed_warning")[0].text
    assert "not been demonstrated" in esketamine.printable_facts("limitation")[0].text
    assert esketamine.rems is not None
    assert esketamine.rems.required
    assert esketamine.rems.certified == ("health care setting", "pharmacy")


def test_no_letter_claims_that_suicide_is_prevented() -> None:
    """The only sentences about preventing suicide deny it."""
    texts = [f.text for s in services.services() for f in s.facts if "prevent" in f.text]
    assert texts
    assert all("not been demonstrated" in text for text in texts)


def test_every_statement_has_a_source() -> None:
    """Whatever is not marked M names where it was read."""
    for found in services.services():
        facts: list[ServiceCode | Approval | Fact] = [
            *found.codes,
            *found.approvals,
            *found.facts,
        ]
        for fact in facts:
            assert fact.source, fact
            assert fact.mark is Mark.M or not fact.source.startswith("not "), fact


def test_every_statement_is_one_sentence() -> None:
    """What a letter may print ends with a full stop."""
    for found in services.services():
        said = [*found.approvals, *found.facts, found.off_label, found.rems, found.controlled]
        assert all(one.text.endswith(".") for one in said if one is not None)


def test_a_service_of_a_drug_knows_its_entry() -> None:
    """A service that gives a drug leads to that drug's entry."""
    agents = [found.agent for found in services.services() if found.agent]
    assert agents == ["esketamine", "ketamine"]
    assert all(drugs.find(agent) for agent in agents)


def test_an_approval_covers_known_diagnoses() -> None:
    """Each family is in the code set; anxiety is covered by none."""
    for found in services.services():
        for approval in found.approvals:
            assert approval.diagnoses
            assert all(icd10cm.find(code) for code in approval.diagnoses)
            assert approval.covers("F42.2") is (approval.id == "ocd")
            assert approval.covers("F33.2") is (approval.id != "ocd")
            assert not approval.covers("F41.1")
