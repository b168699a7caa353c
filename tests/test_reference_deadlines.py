"""Clocks: which run for a plan and a service, and on which day they end."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from priorauth.case import Benefit, LineOfBusiness
from priorauth.reference import Mark, deadlines
from priorauth.reference.deadlines import Asked, Clock, Event, Unit

LINES = tuple(line.value for line in LineOfBusiness)
BENEFITS = (None, *(benefit.value for benefit in Benefit))
DAY = date(2026, 11, 22)


def asked(line: str = "commercial", benefit: str | None = "medical", **more: object) -> Asked:
    """Return what decides the clocks: a drug, not urgent, on the day of all samples."""
    found = Asked(line, benefit, is_drug=True, urgent=False, day=DAY)
    return found._replace(**more)  # type: ignore[arg-type]


def ids(found: Asked, event: Event) -> list[str]:
    """Return the ids of the clocks that run."""
    return [clock.id for clock in deadlines.clocks(found, event)]


def clock(clock_id: str) -> Clock:
    """Return the clock of that id; there must be one."""
    return next(one for one in deadlines.table() if one.id == clock_id)


# --- the table ------------------------------------------------------------------------------------


def test_every_clock_has_a_name_of_its_own() -> None:
    """No id stands twice."""
    names = [one.id for one in deadlines.table()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("one", deadlines.table(), ids=lambda one: one.id)
def test_a_clock_is_right_by_itself(one: Clock) -> None:
    """It names lines of business and benefits that a case can have, its rule, and one limit."""
    assert one.lines
    assert set(one.lines) <= set(LINES)
    assert set(one.benefits) <= set(BENEFITS)
    assert set(one.levels) <= {"first", "second", "external"}
    assert one.rule
    assert one.source
    assert bool(one.limit) is not bool(one.in_words)


def test_the_clocks_of_cms_0057_f_are_for_what_is_not_a_drug() -> None:
    """The rule excludes drugs: each clock that it set says so, and begins with 2026."""
    found = [one for one in deadlines.table() if one.under == "CMS-0057-F"]
    assert found
    assert all(one.of == "not_drug" for one in found)
    assert all(one.since == date(2026, 1, 1) for one in found)


@pytest.mark.parametrize("urgent", [False, True])
@pytest.mark.parametrize(("line", "benefit"), list(product(LINES, BENEFITS)))
def test_no_drug_gets_such_a_clock(line: str, benefit: str | None, *, urgent: bool) -> None:
    """Whatever the plan, the benefit and the urgency."""
    for event in Event:
        found = deadlines.clocks(asked(line, benefit, urgent=urgent), event)
        assert all(one.under != "CMS-0057-F" and one.of != "not_drug" for one in found)


@pytest.mark.parametrize("urgent", [False, True])
@pytest.mark.parametrize("is_drug", [False, True])
@pytest.mark.parametrize(("line", "benefit"), list(product(LINES, BENEFITS)))
def test_one_clock_alone_holds_for_every_plan(
    line: str, benefit: str | None, *, is_drug: bool, urgent: bool
) -> None:
    """No two clocks without a condition run to one event: a letter can state it."""
    for event, level in product(Event, ("first", "second", "external")):
        found = asked(line, benefit, is_drug=is_drug, urgent=urgent, level=level)
        sure = [one for one in deadlines.clocks(found, event) if one.holds_for_all]
        assert len(sure) <= 1, [one.id for one in sure]


def test_what_is_marked_as_read_nowhere_is_for_staff_alone() -> None:
    """So is what holds under a condition, or in one state."""
    sure = clock("claim_appeal")
    assert sure.holds_for_all
    assert not sure._replace(mark=Mark.M).holds_for_all
    assert not sure._replace(condition="if it is Tuesday").holds_for_all
    assert not sure._replace(state="KS").holds_for_all


# --- which clocks run -----------------------------------------------------------------------------

DECISIONS = [
    (asked("commercial"), ["claim_standard"]),
    (asked("self_funded", "pharmacy"), ["claim_standard"]),
    (asked("exchange", None, urgent=True), ["claim_urgent"]),
    (asked("exchange", "pharmacy"), ["claim_standard", "not_on_formulary"]),
    (asked("medicare_advantage"), ["part_b_drug"]),
    (asked("medicare_advantage", "behavioral", urgent=True), ["part_b_drug_expedited"]),
    (asked("medicare_advantage", "pharmacy"), ["part_d"]),
    (asked("medicare_advantage", None), []),
    (asked("medicare", "pharmacy", urgent=True), ["part_d_expedited"]),
    (asked("medicare"), []),
    (asked("medicaid", "pharmacy"), ["medicaid_outpatient_drug"]),
    (asked("medicaid"), []),
    (asked("medicaid", is_drug=False), ["medicaid_standard"]),
    (asked("medicaid", None, is_drug=False, urgent=True), ["medicaid_expedited"]),
    (asked("medicare_advantage", None, is_drug=False), ["ma_standard"]),
    (
        asked("medicare_advantage", is_drug=False, day=date(2025, 12, 31)),
        ["ma_standard_before_2026"],
    ),
    (asked("medicare_advantage", is_drug=False, day=date(2026, 1, 1)), ["ma_standard"]),
    (asked("commercial", states=frozenset({"MO"})), ["claim_standard", "missouri_decision"]),
    (asked("self_funded", states=frozenset({"MO", "KS"})), ["claim_standard"]),
]


@pytest.mark.parametrize(("found", "expected"), DECISIONS)
def test_which_clock_runs_to_the_decision(found: Asked, expected: list[str]) -> None:
    """By line of business, benefit, drug or not, urgency, day, and state of an insured plan."""
    assert expected == ids(found, Event.DECISION)


@pytest.mark.parametrize(
    ("level", "event", "expected"),
    [
        ("first", Event.APPEAL, ["claim_appeal"]),
        ("second", Event.APPEAL, []),
        ("first", Event.APPEAL_DECISION, ["claim_appeal_decision"]),
        ("second", Event.APPEAL_DECISION, ["claim_second_decision", "kansas_second_decision"]),
        ("external", Event.EXTERNAL_REVIEW, ["external_review", "kansas_external_review"]),
        ("external", Event.EXTERNAL_DECISION, ["external_decision"]),
    ],
)
def test_each_level_of_appeal_has_clocks_of_its_own(
    level: str, event: Event, expected: list[str]
) -> None:
    """A second level has no federal time to file: the plan's own decision names it."""
    assert expected == ids(asked(level=level, states=frozenset({"KS"})), event)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (asked("medicare_advantage", None), True),
        (asked("medicaid", None), True),
        (asked("medicare_advantage"), False),
        (asked("medicare_advantage", None, is_drug=False), False),
        (asked("commercial", None), False),
    ],
)
def test_a_drug_may_wait_for_its_benefit(found: Asked, *, expected: bool) -> None:
    """Where the medical and the pharmacy benefit have other clocks, the benefit is asked for."""
    assert deadlines.needs_benefit(found, Event.DECISION) is expected


# --- on which day they end ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clock_id", "start", "expected"),
    [
        ("claim_standard", "2026-11-22", "2026-12-07"),
        ("claim_urgent", "2026-11-22", "2026-11-25"),
        ("part_b_drug_expedited", "2026-12-31", "2027-01-01"),
        ("claim_appeal", "2026-10-19", "2027-04-17"),
        ("claim_appeal", "2027-09-01", "2028-02-28"),
        ("claim_appeal", "2027-09-03", "2028-03-01"),  # over 29 February
        ("external_review", "2026-10-31", "2027-02-28"),
        ("external_review", "2027-10-31", "2028-02-29"),
        ("kansas_external_review", "2026-11-22", "2027-03-22"),
        ("kansas_second_decision", "2026-11-22", "2026-12-14"),  # over Thanksgiving Day
    ],
)
def test_the_last_day_of_a_clock(clock_id: str, start: str, expected: str) -> None:
    """Hours end on the day of the same hour; days and months run through ends of months."""
    found = clock(clock_id).last_day(date.fromisoformat(start))
    assert found is not None
    assert expected == found.isoformat()


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-10-30", "2027-03-01"),  # the regulation's own example: there is no February 30
        ("2027-10-30", "2028-03-01"),
        ("2026-09-01", "2027-01-04"),  # New Year's Day, then a weekend
        ("2026-08-25", "2026-12-28"),  # Christmas Day, then a weekend
        ("2026-07-23", "2026-11-23"),
        ("2026-07-21", "2026-11-23"),  # a Saturday
    ],
)
def test_the_federal_external_review_moves_to_a_business_day(start: str, expected: str) -> None:
    """By 45 CFR 147.136(d)(2)(i): a missing day, a weekend and a holiday give more time."""
    found = clock("federal_external_review")
    assert found.unit is Unit.MONTHS
    assert date.fromisoformat(expected) == found.last_day(date.fromisoformat(start))


def test_a_clock_in_words_has_no_day() -> None:
    """Missouri's 36 hours with a working day among them begin when the plan has everything."""
    assert clock("missouri_decision").last_day(DAY) is None
    assert clock("missouri_decision").words.startswith("36 hours")
    assert clock("kansas_second_decision").words == "15 business days"
