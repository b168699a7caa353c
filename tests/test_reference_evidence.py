"""Evidence: each work is cited only for what it studied, and only as far as it was read."""

from __future__ import annotations

import pytest

from priorauth.reference import Mark, evidence, services
from priorauth.reference.evidence import Figure, Identifier, Work

SERVICES = [service.id for service in services.services()]
EVERY_ROUTE = {"oral", "several"}  # of background works


def work(work_id: str) -> Work:
    """Return the whole entry; there must be one."""
    found = evidence.find(work_id)
    assert found is not None, work_id
    return found


def cited(service_id: str) -> list[str]:
    """Return the ids of the works that a letter for the service may cite."""
    return [found.id for found in evidence.for_service(service_id)]


def test_esketamine_is_never_cited_for_ketamine() -> None:
    """A trial of the nasal spray says nothing about the infusion."""
    spray = {found.id for found in evidence.works() if found.route == "intranasal"}
    assert len(spray) == 6
    assert spray.isdisjoint(cited("iv_ketamine"))
    assert spray.isdisjoint(found.id for found in evidence.contrary_to("iv_ketamine"))


def test_ketamine_is_never_cited_for_esketamine() -> None:
    """A trial of the infusion says nothing about the nasal spray."""
    infused = {f.id for f in evidence.works() if "intravenous" in f.route}
    assert {"anand-2023", "jha-2024"} <= infused
    assert infused.isdisjoint(cited("esketamine"))


def test_elekt_d_is_for_ketamine_only() -> None:
    """ELEKT-D and its secondary analysis serve no other service, and claim no approval."""
    for work_id in ("anand-2023", "jha-2024"):
        assert [service for service in SERVICES if work_id in cited(service)] == ["iv_ketamine"]
    assert "not superiority" in work("anand-2023").limitations


def test_a_work_about_a_service_has_its_route() -> None:
    """Every work tied to a service as its subject used the service's own route."""
    routes = {
        "esketamine": "intranasal",
        "iv_ketamine": "intravenous",
        "tms": "brain stimulation",
        "ect": "electroconvulsive",
    }
    for found in evidence.works():
        assert all(routes[service] in found.route for service in found.services), found.id


@pytest.mark.parametrize("service", SERVICES)
def test_background_serves_every_service(service: str) -> None:
    """What became of patients after failed treatments is context for any of the services."""
    found = cited(service)
    assert found[-1] != found[0]
    assert "rush-2006" in found
    # An opinion on ketamine would puzzle the reader of a letter on TMS or ECT.
    assert ("mcintyre-2021" in found) is (service in {"esketamine", "iv_ketamine"})
    assert work(found[0]).services  # works about the service come first


@pytest.mark.parametrize("service", SERVICES)
def test_nothing_marked_m_is_printable(service: str) -> None:
    """No work, figure or identifier that was not read reaches a letter."""
    for found in (*evidence.for_service(service), *evidence.contrary_to(service)):
        assert found.mark is not Mark.M
        assert found.figures
        assert all(figure.mark is not Mark.M for figure in found.figures)
        assert found.doi is None or found.doi.mark is not Mark.M
        assert found.pmid is None or found.pmid.mark is not Mark.M


def test_an_unread_identifier_is_left_out() -> None:
    """A citation goes without the DOI that was not seen, and with the one that was."""
    popova = work("popova-2019")
    assert popova.doi is not None
    assert popova.doi.value not in popova.reference
    assert "doi 10.1056/NEJMoa2302399. PMID 37224232." in work("anand-2023").reference


def test_works_that_were_not_read_are_known_but_not_cited() -> None:
    """Staff can see them; no letter can."""
    unread = {f.id for f in evidence.works() if f.mark is Mark.M}
    assert {"zarate-2006", "correia-melo-2020", "loo-2023", "fedgchin-2019"} == unread
    assert all(unread.isdisjoint(cited(service)) for service in SERVICES)


def test_a_work_without_a_printable_figure_is_not_cited() -> None:
    """A citation without a finding would be decoration."""
    found = Work(
        id="x",
        short="X",
        citation="X",
        design="trial",
        product="p",
        route="r",
        supports="s",
        limitations="d",
        source="s",
        mark=Mark.V,
        figures=(Figure("Something was found.", Mark.M),),
        doi=Identifier("10.1/x", Mark.V),
    )
    assert found.printable() is None


def test_what_a_reviewer_may_hold_against_it() -> None:
    """Contrary trials are told to staff, and are not among the works for the letter."""
    against = [found.id for found in evidence.contrary_to("iv_ketamine")]
    assert against == ["ekstrand-2022", "jelovac-2025"]
    assert not set(against) & set(cited("iv_ketamine"))


def test_the_contested_star_d_rate_is_not_printed() -> None:
    """The cumulative remission rate of STAR*D is theoretical and stays out."""
    printed = [f for f in evidence.for_service("tms") if f.id == "rush-2006"]
    assert [len(found.figures) for found in printed] == [1]
    assert "67%" not in printed[0].figures[0].text
    assert "36.8%" in printed[0].figures[0].text


def test_every_entry_is_whole() -> None:
    """Ids are unique, services exist, and each entry says what it does not show."""
    ids = [found.id for found in evidence.works()]
    assert len(ids) == len(set(ids))
    for found in evidence.works():
        assert {*found.services, *found.background, *found.contrary} <= set(SERVICES)
        assert not set(found.services) & set(found.background)
        assert found.supports
        assert found.limitations
        assert all(figure.text.endswith(".") for figure in found.figures)
    assert evidence.find("nothing") is None
