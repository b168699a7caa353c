"""Trial arithmetic, against dates and days that were counted by hand, and by properties."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from cases import DAY, case, dose, drug, failed, quick, unhurried
from hypothesis import given
from hypothesis import strategies as st

from priorauth.dates import PartialDate
from priorauth.history import Outcome, Source
from priorauth.reference import Mark
from priorauth.trials import GAP_DAYS, Frame, Trial, Weeks, weigh

if TYPE_CHECKING:
    from collections.abc import Iterator

    from priorauth.trials.dosing import DoseRule


def trials(*treatments: Any, gap_days: int = GAP_DAYS) -> tuple[Trial, ...]:  # noqa: ANN401
    """Return the trials of a case with these treatments."""
    return weigh(case(treatments=list(treatments)), DAY, gap_days)


def trial(*treatments: Any, gap_days: int = GAP_DAYS) -> Trial:  # noqa: ANN401
    """Return the one trial that the treatments make."""
    [found] = trials(*treatments, gap_days=gap_days)
    return found


def days(weeks: Weeks) -> tuple[int, int]:
    """Return the two bounds of a length in days."""
    return weeks.least_days, weeks.greatest_days


# --- lengths --------------------------------------------------------------------------------------

LENGTHS: dict[str, tuple[list[Any], dict[str, Any], int, int]] = {
    "26 days of February, 31, 30, and 30 of May": (
        [dose(50, "2025-02-03", "2025-02-16"), dose(150, "2025-02-17", "2025-05-30")],
        {},
        117,
        117,
    ),
    "two weeks below the least dose do not count": (
        [dose(25, "2025-02-03", "2025-02-16"), dose(50, "2025-02-17", "2025-02-23")],
        {},
        7,
        7,
    ),
    "the first and the last day both count": (
        [dose(50, "2025-02-03", "2025-02-03")],
        {},
        1,
        1,
    ),
    "a leap year's February": ([dose(50, "2024-02-01", "2024-03-01")], {}, 30, 30),
    "31 March to 1 May, or 1 March to 31 May": (
        [dose(50, "2025-03", "2025-05")],
        {},
        32,
        92,
    ),
    "31 March and 1 April, or both months": ([dose(50, "2025-03", "2025-04")], {}, 2, 61),
    "some day of March, or all of them": ([dose(50, "2025-03", "2025-03")], {}, 1, 31),
    "some day of a leap year, or all of them": ([dose(50, "2024", "2024")], {}, 1, 366),
    "New Year's Eve and New Year, or two years": ([dose(50, "2023", "2024")], {}, 2, 731),
    "31 December to 10 February, or from 1 January": (
        [dose(50, "2024", "2025-02-10")],
        {},
        42,
        407,
    ),
    "a day to the first of a month, or to its last": (
        [dose(50, "2025-02-03", "2025-04")],
        {},
        58,
        87,
    ),
    "17 days of September, 31, and 22 until today": (
        [dose(50, "2026-09-14")],
        {"ongoing": "yes"},
        70,
        70,
    ),
    "no end: the first day is sure, and it may go on until today": (
        [dose(50, "2026-09-14")],
        {},
        1,
        70,
    ),
    "no end before the next dose: it runs to that one at most": (
        [dose(50, "2026-01-01"), dose(100, "2026-01-29", "2026-02-25")],
        {},
        28,
        56,
    ),
    "no end before a dose that is too low": (
        [dose(50, "2026-01-01"), dose(25, "2026-01-29", "2026-02-25")],
        {},
        1,
        29,
    ),
    "begun this month and going on: today is sure": (
        [dose(50, "2026-11")],
        {"ongoing": "yes"},
        1,
        22,
    ),
    "two doses begun in one month, either going on": (
        [dose(50, "2026-09"), dose(100, "2026-09")],
        {"ongoing": "yes"},
        54,
        83,
    ),
    "two doses begun in one month, one of them too low": (
        [dose(25, "2026-09"), dose(100, "2026-09")],
        {"ongoing": "yes"},
        1,
        83,
    ),
    "a year that may hold the later dose does not end the earlier one": (
        [dose(50, "2025"), dose(100, "2025-03", "2025-04")],
        {},
        2,
        691,
    ),
}


@pytest.mark.parametrize("what", LENGTHS)
def test_a_run_is_as_long_as_counted_by_hand(what: str) -> None:
    """Sertraline at 50 mg or more, in days with the first and the last, at least and at most."""
    doses, more, least, greatest = LENGTHS[what]
    assert (least, greatest) == days(trial(drug("sertraline", *doses, **more)).time())


@pytest.mark.parametrize(
    ("second", "gap_days", "expected"),
    [
        ("2025-01-15", 0, 28),
        ("2025-01-16", 0, 14),
        ("2025-01-22", 7, 28),
        ("2025-01-23", 7, 14),
        ("2025-01-23", 14, 28),
        ("2025-01-29", 14, 28),
        ("2025-01-30", 14, 14),
        ("2025-02-14", 30, 28),
        ("2025-02-15", 30, 14),
    ],
)
def test_a_gap_breaks_a_run_only_past_the_policys_limit(
    second: str, gap_days: int, expected: int
) -> None:
    """Two runs of 14 days, the first to 14 January: days inside a gap are not counted."""
    until = str(date.fromisoformat(second) + timedelta(days=13))
    one = drug("sertraline", dose(50, "2025-01-01", "2025-01-14"), dose(50, second, until))
    assert (expected, expected) == days(trial(one, gap_days=gap_days).time())


def test_a_gap_of_seven_days_is_none_without_a_policy() -> None:
    """A week without the drug does not end a run unless a policy says otherwise."""
    assert GAP_DAYS == 7


def test_time_below_the_least_dose_is_a_gap_too() -> None:
    """Eight days at 25 mg between two runs break them; seven do not."""
    eight = [dose(25, "2025-01-15", "2025-01-22"), dose(50, "2025-01-23", "2025-01-29")]
    seven = [dose(25, "2025-01-15", "2025-01-21"), dose(50, "2025-01-22", "2025-01-28")]
    first = dose(50, "2025-01-01", "2025-01-14")
    assert days(trial(drug("sertraline", first, *eight)).time()) == (14, 14)
    assert days(trial(drug("sertraline", first, *seven)).time()) == (21, 21)


def test_a_length_is_shown_in_weeks_rounded_down() -> None:
    """41 days are never called six weeks."""
    shown = [str(Weeks(a, b)) for a, b in [(0, 0), (7, 7), (41, 41), (42, 42), (41, 92)]]
    assert shown == ["0 weeks", "1 week", "5.8 weeks", "6 weeks", "5.8 to 13.1 weeks"]


# --- windows --------------------------------------------------------------------------------------

TO_MAY = drug("sertraline", dose(50, "2025-02-03", "2025-05-30"))


@pytest.mark.parametrize(
    ("onset", "expected"),
    [
        ("2025-01-15", (117, 117)),
        ("2025-02-03", (117, 117)),
        ("2025-04-01", (60, 60)),
        ("2025-04", (31, 60)),
        ("2025-05-30", (1, 1)),
        ("2025-05-31", (0, 0)),
        ("2025", (0, 117)),
        ("", (0, 117)),
    ],
)
def test_only_time_in_the_episode_counts(onset: str, expected: tuple[int, int]) -> None:
    """A trial that began before the episode counts from its onset; without one nothing is sure."""
    frame = Frame.of(DAY, PartialDate.parse(onset) if onset else None, episode=True)
    assert expected == days(trial(TO_MAY).time(frame=frame))


@pytest.mark.parametrize(
    ("onset", "years", "expected"),
    [
        ("", 1, 40),
        ("", 2, 92),
        ("2025-12-01", 1, 31),
        ("2025-10-15", 1, 40),
        ("2020-01-01", 1, 40),
    ],
)
def test_a_look_back_clips_and_both_windows_clip_together(
    onset: str, years: int, expected: int
) -> None:
    """One year before 22 November 2026 begins on 22 November 2025."""
    one = trial(drug("sertraline", dose(50, "2025-10-01", "2025-12-31")))
    start = PartialDate.parse(onset) if onset else None
    frame = Frame.of(DAY, start, years, episode=bool(onset))
    assert (expected, expected) == days(one.time(frame=frame))


def test_a_window_of_all_time_holds_every_trial() -> None:
    """Without episode and years even a treatment of one unknown day is surely inside."""
    one = trial(drug("sertraline", dose(50, "2025-03", "2025-03")))
    assert days(one.time("any", Frame.of(DAY))) == (1, 31)


def test_a_month_that_may_lie_before_the_onset_is_not_surely_inside() -> None:
    """A trial in March is surely in an episode since 1 March, and may be in one since 2 March."""
    one = trial(drug("sertraline", dose(50, "2025-03", "2025-03")))
    for onset, least in [("2025-03-01", 1), ("2025-03-02", 0)]:
        frame = Frame.of(DAY, PartialDate.parse(onset), episode=True)
        assert least == one.time("any", frame).least_days


def test_an_episode_that_begins_after_today_holds_no_sure_day() -> None:
    """An onset in this month leaves open whether the episode has begun by a given day."""
    frame = Frame.of(DAY, PartialDate.parse("2026-11"), episode=True)
    assert frame.sure is None
    assert frame.possible.first == date(2026, 11, 1)


# --- drugs and doses ------------------------------------------------------------------------------

NAMED: list[tuple[str, float | str, str, DoseRule, str, tuple[int, int]]] = [
    ("sertraline", 50, "mg_per_day", "least_effective", "", (28, 28)),
    ("sertraline", 49, "mg_per_day", "least_effective", "", (0, 0)),
    ("sertraline", 200, "mg_per_day", "maximum_tolerated", "", (28, 28)),
    ("sertraline", 150, "mg_per_day", "maximum_tolerated", "", (0, 28)),
    ("sertraline", 150, "mg_per_day", "maximum_tolerated", "yes", (28, 28)),
    ("sertraline", 150, "mg_per_day", "maximum_tolerated", "no", (0, 0)),
    ("sertraline", 25, "mg_per_day", "maximum_tolerated", "yes", (0, 0)),
    # No greatest labeled dose: only what was tolerated can answer.
    ("desvenlafaxine", 50, "mg_per_day", "least_effective", "", (28, 28)),
    ("desvenlafaxine", 400, "mg_per_day", "maximum_tolerated", "", (0, 28)),
    ("desvenlafaxine", 50, "mg_per_day", "maximum_tolerated", "yes", (28, 28)),
    ("desvenlafaxine", 400, "mg_per_day", "maximum_tolerated", "no", (0, 0)),
    # No least labeled dose: any dose may be one, none surely is; the greatest is named.
    ("gepirone", "18.2", "mg_per_day", "least_effective", "", (0, 28)),
    ("gepirone", "72.6", "mg_per_day", "least_effective", "", (0, 28)),
    ("gepirone", "72.6", "mg_per_day", "maximum_tolerated", "", (28, 28)),
    ("gepirone", "36.3", "mg_per_day", "maximum_tolerated", "yes", (0, 28)),
    # A name that leaves the form open is judged by every form that it can mean.
    ("venlafaxine", 75, "mg_per_day", "least_effective", "", (28, 28)),
    ("venlafaxine", 225, "mg_per_day", "maximum_tolerated", "no", (0, 28)),
    ("venlafaxine", 375, "mg_per_day", "maximum_tolerated", "no", (28, 28)),
    ("venlafaxine XR", 225, "mg_per_day", "maximum_tolerated", "no", (28, 28)),
    ("bupropion", 300, "mg_per_day", "least_effective", "", (28, 28)),
    ("bupropion", 150, "mg_per_day", "least_effective", "", (0, 0)),
    ("bupropion", 400, "mg_per_day", "maximum_tolerated", "no", (0, 28)),
    ("Aplenzin", 300, "mg_per_day", "least_effective", "", (0, 0)),
    ("Aplenzin", 348, "mg_per_day", "least_effective", "", (28, 28)),
    ("paroxetine", 10, "mg_per_day", "least_effective", "", (0, 0)),
    ("paroxetine", 20, "mg_per_day", "least_effective", "", (0, 28)),
    ("paroxetine", 25, "mg_per_day", "least_effective", "", (28, 28)),
    ("paroxetine CR", 20, "mg_per_day", "least_effective", "", (0, 0)),
    ("quetiapine", 300, "mg_per_day", "least_effective", "", (0, 28)),
    ("quetiapine XR", 150, "mg_per_day", "least_effective", "", (28, 28)),
    ("quetiapine", 100, "mg_per_day", "beyond_sleep", "", (0, 0)),
    ("trazodone", 100, "mg_per_day", "beyond_sleep", "", (0, 0)),
    ("trazodone", 101, "mg_per_day", "beyond_sleep", "", (28, 28)),
    ("doxepin", 6, "mg_per_day", "beyond_sleep", "", (0, 0)),
    # The ceiling is lower outside hospital, and a chart seldom says where it was.
    ("amitriptyline", 150, "mg_per_day", "maximum_tolerated", "no", (0, 28)),
    ("amitriptyline", 300, "mg_per_day", "maximum_tolerated", "no", (28, 28)),
    # Other units.
    ("fluoxetine weekly", 90, "mg_per_week", "least_effective", "", (0, 28)),
    ("fluoxetine weekly", 90, "mg_per_week", "maximum_tolerated", "", (28, 28)),
    ("Emsam", 6, "mg_per_day", "least_effective", "", (28, 28)),
    ("Emsam", 5, "mg_per_day", "least_effective", "", (0, 0)),
    ("liothyronine", 25, "mcg_per_day", "least_effective", "", (0, 28)),
    ("liothyronine", 25, "mcg_per_day", "any", "", (28, 28)),
    # Combinations are counted in one of their parts.
    ("Symbyax", 6, "mg_per_day", "least_effective", "", (28, 28)),
    ("Symbyax", 3, "mg_per_day", "least_effective", "", (0, 0)),
    ("Auvelity", 90, "mg_per_day", "least_effective", "", (28, 28)),
    ("Auvelity", 45, "mg_per_day", "least_effective", "", (0, 0)),
]


@pytest.mark.parametrize(
    ("name", "amount", "unit", "rule", "tolerated", "expected"),
    NAMED,
    ids=[f"{row[0]} {row[1]} {row[3]} {row[4]}".strip() for row in NAMED],
)
def test_a_dose_counts_by_the_label_of_its_form(  # noqa: PLR0913, PLR0917 - a table's columns
    name: str,
    amount: float | str,
    unit: str,
    rule: DoseRule,
    tolerated: str,
    expected: tuple[int, int],
) -> None:
    """Four weeks at one dose count surely, perhaps or not at all."""
    told = {"maximum_tolerated": tolerated} if tolerated else {}
    one = trial(drug(name, dose(amount, "2025-03-03", "2025-03-30", unit), **told))
    assert expected == days(one.time(rule))


def test_only_the_highest_dose_can_be_the_most_tolerated() -> None:
    """Eight weeks at 50 mg and two at 100 mg, the most tolerated: two weeks count."""
    doses = [dose(50, "2025-01-06", "2025-03-02"), dose(100, "2025-03-03", "2025-03-16")]
    one = trial(drug("sertraline", *doses, maximum_tolerated="yes"))
    assert days(one.time("maximum_tolerated")) == (14, 14)


@pytest.mark.parametrize(
    ("treatments", "expected"),
    [
        (
            [
                drug(
                    "sertraline",
                    dose(150, "2025-03-01", "2025-03-31"),
                    dose(100, "2025-04-01", "2025-04-30"),
                )
            ],
            "150 mg/day",
        ),
        ([drug("Emsam", dose(9, "2025-03-01", "2025-03-31"))], "9 mg/24 h"),
        ([drug("liothyronine", dose("37.5", "2025-03", "2025-04", "mcg_per_day"))], "37.5 mcg/day"),
        (
            [drug("fluoxetine weekly", dose(90, "2025-03-01", "2025-03-31", "mg_per_week"))],
            "90 mg/week",
        ),
        (
            [
                drug("fluoxetine", dose(40, "2025-03-01", "2025-03-31")),
                drug("fluoxetine weekly", dose(90, "2025-04-01", "2025-04-30", "mg_per_week")),
            ],
            "40 mg/day",
        ),
        ([drug("sertraline", outcome="contraindicated")], "None"),
    ],
)
def test_the_highest_dose_has_the_unit_that_it_was_taken_in(
    treatments: list[Any], expected: str
) -> None:
    """90 mg once a week is less than 40 mg a day, and a patch gives its dose in 24 hours."""
    assert expected == str(trial(*treatments).highest)


# --- what is no antidepressant trial --------------------------------------------------------------

NONE_AT_ALL = [
    (
        drug("trazodone", dose(50, "2025-03-01", "2025-08-31")),
        "a dose usual for sleep, never at or above 150 mg/day, the least effective labeled dose",
    ),
    (
        drug("trazodone", dose(50, "2025-03-01", "2025-03-09"), outcome="intolerance"),
        "a dose usual for sleep, never at or above 150 mg/day, the least effective labeled dose",
    ),
    (
        drug("doxepin", dose(6, "2025-03-01", "2025-08-31")),
        "a dose usual for sleep, never at or above 75 mg/day, the least effective labeled dose",
    ),
    (drug("Silenor", dose(6, "2025-03-01", "2025-08-31")), "not taken for depression"),
    (
        drug("quetiapine", dose(50, "2025-03-01", "2025-08-31")),
        "quetiapine is not an antidepressant by its US label",
    ),
    (drug("Zyban", dose(300, "2025-03-01", "2025-05-31")), "not taken for depression"),
    (
        drug("bupropion SR", dose(300, "2025-03-01", "2025-05-31"), purpose="smoking"),
        "not taken for depression",
    ),
    (
        drug("trazodone", dose(300, "2025-03-01", "2025-05-31"), purpose="sleep"),
        "not taken for depression",
    ),
    (
        drug("mirtazapine", dose(30, "2025-03-01", "2025-05-31"), augments="sertraline"),
        "added to sertraline: counted as augmentation",
    ),
    (
        drug("lithium", dose(900, "2025-03-01", "2025-05-31")),
        "lithium is not an antidepressant by its US label",
    ),
    (
        drug("milnacipran", dose(100, "2025-03-01", "2025-05-31")),
        "milnacipran is not an antidepressant by its US label",
    ),
]


@pytest.mark.parametrize(("treatment", "why"), NONE_AT_ALL, ids=[row[1] for row in NONE_AT_ALL])
def test_what_is_no_trial_is_kept_and_says_why(treatment: Any, why: str) -> None:  # noqa: ANN401
    """Drugs for sleep, for smoking and beside an antidepressant are shown with their reason."""
    assert why == trial(treatment).why_no_trial()


@pytest.mark.parametrize(
    "treatment",
    [
        drug("trazodone", dose(50, "2025-03-01", "2025-03-07"), dose(200, "2025-03-08")),
        drug("sertraline", dose(25, "2025-03-01", "2025-05-31")),
        drug("sertraline", outcome="contraindicated"),
        drug("fluvoxamine", dose(100, "2025-03-01", "2025-05-31")),
        drug("gepirone", dose("18.2", "2025-03-01", "2025-05-31")),
    ],
    ids=["up from a dose for sleep", "low", "never taken", "off-label", "no least dose"],
)
def test_what_may_be_a_trial_is_left_to_the_policy(treatment: Any) -> None:  # noqa: ANN401
    """A low dose is no reason by itself: it may have been all that was tolerated."""
    assert trial(treatment).why_no_trial() is None


@pytest.mark.parametrize(
    ("name", "amount", "why"),
    [
        ("sertraline", 25, "never at or above 50 mg/day, the least effective labeled dose"),
        ("sertraline", 50, None),
        ("paroxetine", 10, "never at or above 20 mg/day, the least effective labeled dose"),
        ("Emsam", 5, "never at or above 6 mg/24 h, the least effective labeled dose"),
        ("gepirone", 18, None),
    ],
)
def test_a_dose_that_never_was_effective_is_named(name: str, amount: int, why: str | None) -> None:
    """The floor is the smallest that any form of that name has."""
    assert why == trial(drug(name, dose(amount, "2025-03-01", "2025-05-31"))).why_too_low()


# --- one trial or two -----------------------------------------------------------------------------

JOINED: list[tuple[str, list[Any], list[str]]] = [
    (
        "brand, then generic",
        [
            failed("Zoloft", 100, "2025-01-01", "2025-01-31"),
            failed("sertraline", 100, "2025-02-01", "2025-02-28"),
        ],
        ["Zoloft, sertraline"],
    ),
    (
        "immediate, then extended release within 7 days",
        [
            failed("paroxetine", 40, "2025-01-01", "2025-01-31"),
            failed("Paxil CR", 50, "2025-02-08", "2025-03-31"),
        ],
        ["paroxetine, Paxil CR"],
    ),
    (
        "the same after 8 days",
        [
            failed("paroxetine", 40, "2025-01-01", "2025-01-31"),
            failed("Paxil CR", 50, "2025-02-09", "2025-03-31"),
        ],
        ["paroxetine", "Paxil CR"],
    ),
    (
        "two agents",
        [
            failed("citalopram", 40, "2025-01-01", "2025-01-31"),
            failed("escitalopram", 20, "2025-02-01", "2025-02-28"),
        ],
        ["citalopram", "escitalopram"],
    ),
    (
        "for smoking, then for depression",
        [
            failed("bupropion SR", 300, "2025-01-01", "2025-01-31", purpose="smoking"),
            failed("bupropion XL", 300, "2025-02-01", "2025-02-28"),
        ],
        ["bupropion SR", "bupropion XL"],
    ),
    (
        "alone, then added to another",
        [
            failed("mirtazapine", 30, "2025-01-01", "2025-01-31"),
            failed("mirtazapine", 30, "2025-02-01", "2025-02-28", augments="sertraline"),
        ],
        ["mirtazapine", "mirtazapine"],
    ),
    (
        "never taken twice",
        [drug("sertraline", outcome="contraindicated"), drug("Zoloft", outcome="contraindicated")],
        ["Zoloft", "sertraline"],
    ),
]


@pytest.mark.parametrize(("what", "treatments", "names"), JOINED, ids=[row[0] for row in JOINED])
def test_one_agent_without_a_break_is_one_trial(
    what: str, treatments: list[Any], names: list[str]
) -> None:
    """Brand and generic, immediate and extended release are one agent; a purpose is kept apart."""
    del what
    assert names == [found.name for found in trials(*treatments)]


def test_the_time_of_brand_and_generic_is_counted_together() -> None:
    """31 days of Zoloft and 28 of sertraline are one run of 59 days."""
    one = trial(*JOINED[0][1])
    assert days(one.time()) == (59, 59)
    assert one.agent == "sertraline"
    assert (date(2025, 1, 1), date(2025, 2, 28)) == (
        one.taken and (one.taken.first, one.taken.last)
    )


def test_the_policys_gap_decides_what_is_one_trial() -> None:
    """Two weeks between two courses make one trial where a policy allows 14 days."""
    courses = (
        failed("sertraline", 50, "2025-01-01", "2025-01-31"),
        failed("sertraline", 50, "2025-02-15", "2025-03-14"),
    )
    assert [found.time().least_days for found in trials(*courses)] == [31, 28]
    assert days(trial(*courses, gap_days=14).time()) == (59, 59)


def test_a_contraindicated_drug_has_no_time_and_no_dose() -> None:
    """A drug that was never taken has neither days nor a highest dose."""
    one = trial(drug("sertraline", outcome="contraindicated"))
    assert days(one.time("any")) == (0, 0)
    assert (one.taken, one.surely_taken, one.highest) == (None, None, None)
    assert one.outcome is Outcome.CONTRAINDICATED


# --- how it went ----------------------------------------------------------------------------------


def test_the_trial_went_as_the_part_that_came_last() -> None:
    """The brand was left for the generic, and only the generic's outcome is the trial's."""
    one = trial(
        failed("sertraline", 100, "2025-02-01", "2025-02-28", improvement_percent="10"),
        drug("Zoloft", dose(100, "2025-01-01", "2025-01-31"), outcome="partial_response"),
    )
    assert one.outcome is Outcome.NO_RESPONSE
    assert one.improvement == 10
    assert one.last.drug == "sertraline"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("no_response", "no_response", Outcome.NO_RESPONSE),
        ("no_response", "response", None),
        ("no_response", "", None),
        ("", "", None),
    ],
)
def test_records_of_the_same_days_must_agree_on_the_outcome(
    first: str, second: str, expected: Outcome | None
) -> None:
    """Of two records that end on one day neither came last, so neither alone gives the outcome."""
    told = [{"outcome": outcome} if outcome else {} for outcome in (first, second)]
    span = dose(100, "2025-01-01", "2025-01-31")
    one = trial(drug("Zoloft", span, **told[0]), drug("sertraline", span, **told[1]))
    assert expected is one.outcome


def test_where_dates_do_not_tell_which_came_last_both_must_agree() -> None:
    """Of two records of one month either can be the last; with the days it is known."""
    open_ones = [
        drug("Zoloft", dose(100, "2025-01", "2025-03"), outcome="response"),
        failed("sertraline", 100, "2025-03", "2025-03"),
    ]
    assert trial(*open_ones).outcome is None
    known = [
        drug("Zoloft", dose(100, "2025-01", "2025-03-10"), outcome="response"),
        failed("sertraline", 100, "2025-03-11", "2025-03"),
    ]
    assert trial(*known).outcome is Outcome.NO_RESPONSE


def test_adjoining_months_may_be_two_trials_so_both_outcomes_matter() -> None:
    """January to February, then March to May: six weeks may lie between the two."""
    months = [
        drug("Zoloft", dose(100, "2025-01", "2025-02"), outcome="response"),
        failed("sertraline", 100, "2025-03", "2025-05"),
    ]
    assert len(trial(*months).closing) == 2
    assert trial(*months).outcome is None


def test_a_drug_is_still_taken_when_its_last_part_is() -> None:
    """What goes on is read from the part that came last."""
    brand = drug("Zoloft", dose(100, "2026-01-01", "2026-06-30"))
    generic = drug("sertraline", dose(100, "2026-07-01"), ongoing="yes")
    assert trial(brand, generic).ongoing
    assert not trial(brand).ongoing


def test_sources_evidence_and_adherence_are_those_of_all_parts() -> None:
    """Each page and each kind of record once; of several figures of adherence the lowest."""
    pages = [{"exhibit": "notes", "page": "3"}, {"exhibit": "notes", "page": "4"}]
    found = weigh(
        case(
            exhibits=[{"id": "notes", "title": "Notes", "kind": "chart_notes", "file": "n.pdf"}],
            treatments=[
                failed("Zoloft", 50, "2025-01-01", "2025-01-31", source="chart", evidence=pages),
                failed(
                    "sertraline",
                    50,
                    "2025-02-01",
                    "2025-02-28",
                    source="pharmacy",
                    adherence_percent="90",
                    evidence=pages[0],
                ),
                failed("Zoloft", 50, "2025-03-01", "2025-03-31", adherence_percent="80"),
            ],
        ),
        DAY,
    )
    [one] = found
    assert [place.page for place in one.evidence] == [3, 4]
    assert one.sources == (Source.CHART, Source.PHARMACY)
    assert one.adherence_percent == 80
    assert trial(TO_MAY).adherence_percent is None


def test_the_mark_is_the_weakest_of_the_forms_that_the_name_can_mean() -> None:
    """Venlafaxine may be immediate release, whose doses stand on a secondary page."""
    span = dose(150, "2025-01-01", "2025-01-31")
    assert trial(drug("venlafaxine", span)).mark is Mark.V2
    assert trial(drug("venlafaxine XR", span)).mark is Mark.V


# --- beside others --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (drug("duloxetine", dose(60, "2025-05-30", "2025-07-31")), ("duloxetine",)),
        (drug("duloxetine", dose(60, "2025-05-31", "2025-07-31")), ()),
        (drug("duloxetine", dose(60, "2025-05", "2025-07")), ()),
        (drug("duloxetine", dose(60, "2025-04", "2025-06")), ("duloxetine",)),
        (drug("duloxetine", dose(60, "2024-12-01")), ()),
        (
            drug(
                "duloxetine", dose(30, "2024-01", "2024-02"), dose(60, "2025-08-01", "2025-09-01")
            ),
            (),
        ),
        (drug("Zoloft", dose(50, "2025-08-01", "2025-09-01")), ()),
        (drug("duloxetine", outcome="contraindicated"), ()),
    ],
    ids=[
        "one day together",
        "the day after",
        "perhaps",
        "surely, by months",
        "no end",
        "before and after",
        "the same agent",
        "never taken",
    ],
)
def test_drugs_are_beside_each_other_only_when_they_surely_were(
    other: Any,  # noqa: ANN401 - a case file's values
    expected: tuple[str, ...],
) -> None:
    """A letter says "taken beside" only where the dates show it: sertraline until 30 May 2025."""
    found = trials(TO_MAY, other)
    assert expected == next(one.beside for one in found if one.name == "sertraline")


def test_augmentation_names_the_agent_that_it_was_added_to() -> None:
    """A brand name under `augments` leads to the agent."""
    added = drug("aripiprazole", dose(5, "2025-04-01", "2025-05-30"), augments="Zoloft")
    found = trials(TO_MAY, added)
    assert [one.augments.agent if one.augments else "" for one in found] == ["", "sertraline"]
    assert [one.beside for one in found] == [("aripiprazole",), ("sertraline",)]


# --- the present ----------------------------------------------------------------------------------

NOW: list[tuple[str, list[Any], tuple[int, int]]] = [
    ("14 days", [drug("mirtazapine", dose(30, "2026-11-09"), ongoing="yes")], (14, 14)),
    (
        "a dose raised 14 days ago",
        [
            drug(
                "mirtazapine",
                dose(15, "2026-01-05", "2026-11-08"),
                dose(30, "2026-11-09"),
                ongoing="yes",
            )
        ],
        (14, 14),
    ),
    (
        "one dose in two entries",
        [
            drug(
                "mirtazapine",
                dose(30, "2026-10-26", "2026-11-08"),
                dose(30, "2026-11-09"),
                ongoing="yes",
            )
        ],
        (28, 28),
    ),
    (
        "one dose in two records",
        [
            drug("Remeron", dose(30, "2026-10-26", "2026-11-08")),
            drug("mirtazapine", dose(30, "2026-11-09"), ongoing="yes"),
        ],
        (28, 28),
    ),
    (
        "one missing day is a break",
        [
            drug(
                "mirtazapine",
                dose(30, "2026-10-26", "2026-11-07"),
                dose(30, "2026-11-09"),
                ongoing="yes",
            )
        ],
        (14, 14),
    ),
    (
        "since some day of November",
        [drug("mirtazapine", dose(30, "2026-11"), ongoing="yes")],
        (1, 22),
    ),
    (
        "two doses since November",
        [drug("mirtazapine", dose(15, "2026-11"), dose(30, "2026-11"), ongoing="yes")],
        (0, 22),
    ),
    ("ended", [drug("mirtazapine", dose(30, "2026-10-26", "2026-11-08"))], (0, 0)),
]


@pytest.mark.parametrize(("what", "treatments", "expected"), NOW, ids=[row[0] for row in NOW])
def test_the_present_dose_is_counted_back_to_its_last_change(
    what: str, treatments: list[Any], expected: tuple[int, int]
) -> None:
    """However the record splits it, an unchanged dose is one; a change or a break begins anew."""
    del what
    assert expected == days(trial(*treatments).time_unchanged())


def test_what_is_taken_now_is_counted_by_the_rule() -> None:
    """Trazodone was lowered to a dose for sleep: nothing beyond sleep is taken now."""
    lowered = drug(
        "trazodone", dose(200, "2026-01-05", "2026-08-31"), dose(50, "2026-09-01"), ongoing="yes"
    )
    assert days(trial(lowered).time_now("beyond_sleep")) == (0, 0)
    assert days(trial(lowered).time_now()) == (322, 322)


# --- properties -----------------------------------------------------------------------------------

FIRST = date(2022, 1, 1)
AGENTS = ("sertraline", "Zoloft", "paroxetine", "venlafaxine", "trazodone", "gepirone")
AMOUNTS = (20, 50, 75, 200, 375)
RULES: tuple[DoseRule, ...] = ("least_effective", "maximum_tolerated", "beyond_sleep", "any")


@st.composite
def spans(draw: st.DrawFn) -> tuple[date, date]:
    """Draw a span of days between the beginning of 2022 and the day of the request."""
    start = FIRST + timedelta(days=draw(st.integers(0, 700)))
    return start, min(DAY, start + timedelta(days=draw(st.integers(0, 200))))


@st.composite
def histories(draw: st.DrawFn) -> list[Any]:
    """Draw treatments with exact days."""
    found = []
    for _ in range(draw(st.integers(1, 5))):
        doses = [
            dose(draw(st.sampled_from(AMOUNTS)), str(start), str(end))
            for start, end in draw(st.lists(spans(), min_size=1, max_size=3))
        ]
        told = {"outcome": draw(st.sampled_from(["no_response", "intolerance"]))}
        if draw(st.booleans()):
            told["maximum_tolerated"] = draw(st.sampled_from(["yes", "no"]))
        if draw(st.integers(0, 4)) == 0:
            told["augments"] = "escitalopram"
        found.append(drug(draw(st.sampled_from(AGENTS)), *doses, **told))
    return found


def worked_out(history: list[Any]) -> tuple[Trial, ...]:
    """Return the trials of a drawn history."""
    return weigh(quick(treatments=history), DAY)


def numbers(found: tuple[Trial, ...]) -> list[Any]:
    """Return all that is worked out of the trials, without the records that it came from."""
    frame = Frame.of(DAY, PartialDate.parse("2022-06-15"), 4, episode=True)
    return [
        (
            one.agent,
            one.augments,
            one.outcome,
            str(one.highest),
            one.taken,
            one.surely_taken,
            one.beside,
            one.why_no_trial(),
            *(days(one.time(rule)) for rule in RULES),
            *(days(one.time(rule, frame)) for rule in RULES),
        )
        for one in found
    ]


def longest(found: tuple[Trial, ...], agent: str, rule: DoseRule) -> tuple[int, int]:
    """Return the longest run of an agent in any of its trials, at least and at most."""
    lengths = [days(one.time(rule)) for one in found if one.agent == agent]
    return max(least for least, _ in lengths), max(greatest for _, greatest in lengths)


@unhurried
@given(histories(), st.data())
def test_adding_a_day_at_dose_never_shortens_a_run(history: list[Any], data: st.DataObject) -> None:
    """A treatment that lasts a day longer never has a shorter run, by any rule."""
    treatment = data.draw(st.sampled_from(history))
    place = data.draw(st.integers(0, len(treatment["doses"]) - 1))
    held = treatment["doses"][place]
    later = str(min(DAY, date.fromisoformat(held["to"]) + timedelta(days=1)))
    doses = [*treatment["doses"]]
    doses[place] = {**held, "to": later}
    longer = [{**t, "doses": doses} if t is treatment else t for t in history]
    before, after = worked_out(history), worked_out(longer)
    for agent in {one.agent for one in before}:
        for rule in RULES:
            was, now = longest(before, agent, rule), longest(after, agent, rule)
            assert was[0] <= now[0]
            assert was[1] <= now[1]


@unhurried
@given(histories(), st.data())
def test_splitting_a_span_in_two_changes_nothing(history: list[Any], data: st.DataObject) -> None:
    """A dose written as two spans that meet is the same as written as one."""
    treatment = data.draw(st.sampled_from(history))
    place = data.draw(st.integers(0, len(treatment["doses"]) - 1))
    held = treatment["doses"][place]
    start, end = (date.fromisoformat(held[key]) for key in ("from", "to"))
    cut = start + timedelta(days=data.draw(st.integers(0, max(0, (end - start).days - 1))))
    halves = [{**held, "to": str(cut)}, {**held, "from": str(min(end, cut + timedelta(days=1)))}]
    doses = [*treatment["doses"]]
    doses[place : place + 1] = halves
    split = [{**t, "doses": doses} if t is treatment else t for t in history]
    assert numbers(worked_out(history)) == numbers(worked_out(split))


@unhurried
@given(histories(), st.data())
def test_the_order_of_treatments_changes_nothing(history: list[Any], data: st.DataObject) -> None:
    """The same trials come out, whatever the order of the treatments in the case."""
    shuffled = data.draw(st.permutations(history))
    assert worked_out(history) == worked_out(shuffled)


@unhurried
@given(histories(), st.data())
def test_the_order_of_doses_changes_no_number(history: list[Any], data: st.DataObject) -> None:
    """Doses may be listed in any order."""
    mixed = [{**t, "doses": data.draw(st.permutations(t["doses"]))} for t in history]
    assert numbers(worked_out(history)) == numbers(worked_out(mixed))


@unhurried
@given(st.lists(spans(), min_size=1, max_size=6), st.integers(0, 30))
def test_a_run_is_what_counting_days_one_by_one_gives(
    taken: list[tuple[date, date]], gap_days: int
) -> None:
    """The longest run, and with it each trial, is that of a plain count of single days."""
    treatments = [drug("sertraline", dose(50, str(a), str(b))) for a, b in taken]
    counted = sorted({a + timedelta(days=n) for a, b in taken for n in range((b - a).days + 1)})
    found = weigh(quick(treatments=treatments), DAY, gap_days)
    assert list(counted_runs(counted, gap_days)) == [one.time().least_days for one in found]


def counted_runs(counted: list[date], gap_days: int) -> Iterator[int]:
    """Yield how many of the days lie in each run, in order."""
    run = 1
    for earlier, later in pairwise(counted):
        if (later - earlier).days - 1 > gap_days:
            yield run
            run = 0
        run += 1
    yield run


def blurred(draw: st.DrawFn, day: str) -> str:
    """Draw a date as a chart may give it: to the day, the month or the year."""
    return day[: draw(st.sampled_from([4, 7, 10, 10]))]


@st.composite
def sharp_and_blurred(draw: st.DrawFn) -> tuple[list[Any], list[Any]]:
    """Draw treatments with exact days, and the same with some of their dates known in part."""
    sharp = draw(histories())
    vague = []
    for treatment in sharp:
        doses = []
        for held in treatment["doses"]:
            known = {**held, "from": blurred(draw, held["from"]), "to": blurred(draw, held["to"])}
            nexts = [one["from"] for one in treatment["doses"] if one["from"] > held["from"]]
            if held["to"] <= min(nexts, default=held["to"]) and draw(st.booleans()):
                del known["to"]  # a dose without an end is one that the next dose took over
            doses.append(known)
        vague.append({**treatment, "doses": doses})
    return sharp, vague


@unhurried
@given(sharp_and_blurred())
def test_the_true_run_lies_between_the_bounds(found: tuple[list[Any], list[Any]]) -> None:
    """Whatever the exact days were, the run is as long as the least and no longer than the most."""
    sharp, vague = found
    exact, bounds = worked_out(sharp), worked_out(vague)
    for agent in {one.agent for one in exact}:
        for rule in RULES:
            true, _ = longest(exact, agent, rule)
            least, greatest = longest(bounds, agent, rule)
            assert least <= true <= greatest
