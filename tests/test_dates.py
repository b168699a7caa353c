"""Dates as charts say them, and spans whose least and greatest length are both true."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from priorauth import dates
from priorauth.dates import Interval, PartialDate, Span, longest_days, runs

if TYPE_CHECKING:
    import random

DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
NEAR_DAYS = st.dates(date(2024, 1, 1), date(2024, 12, 31))


@st.composite
def partial_dates(draw: st.DrawFn) -> PartialDate:
    """Return a date known to the year, the month or the day."""
    day = draw(DAYS)
    parts = draw(st.integers(1, 3))
    return PartialDate(*(day.year, day.month, day.day)[:parts])


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    """Return up to two months of a year."""
    first = draw(NEAR_DAYS)
    return Interval(first, first + timedelta(days=draw(st.integers(0, 60))))


def interval(first: str, last: str) -> Interval:
    """Return the days of 2025 between two of them, as `02-17`."""
    return Interval(date.fromisoformat(f"2025-{first}"), date.fromisoformat(f"2025-{last}"))


def days_of(found: list[Interval]) -> set[date]:
    """Return every day that lies in one of the intervals."""
    return {i.first + timedelta(days=n) for i in found for n in range(i.days)}


# --- partial dates --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2025", "2025-01-01", "2025-12-31"),
        ("2025-02", "2025-02-01", "2025-02-28"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2025-12", "2025-12-01", "2025-12-31"),
        ("2025-02-17", "2025-02-17", "2025-02-17"),
        (" 2025-02-17 ", "2025-02-17", "2025-02-17"),
        ("1900", "1900-01-01", "1900-12-31"),
        ("9999", "9999-01-01", "9999-12-31"),
    ],
)
def test_a_partial_date_has_an_earliest_and_a_latest_day(text: str, first: str, last: str) -> None:
    """A year can be any of its days, a month any of its own, a day only itself."""
    when = PartialDate.parse(text)
    assert (date.fromisoformat(first), date.fromisoformat(last)) == (when.first, when.last)
    assert when.is_day == (len(text.strip()) == 10)
    assert str(when) == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "25",
        "02/17/2025",
        "2025-2-17",
        "2025-02-17T00:00",
        "20250217",
        "2025-13",
        "2025-02-30",
        "2025-00",  # how some charts write that the month is not known
        "2025-03-00",
        "2025-00-15",
        "1899-12-31",
        "0000",
        "-2025",
        "２０２５",  # noqa: RUF001 - digits, but of another script
        "2025-02-17\n2025",
        "yesterday",
    ],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    """Nothing is guessed: neither an order of day and month nor a day 00."""
    with pytest.raises(ValueError, match=r"^(not a date|before 1900|.*)$") as caught:
        PartialDate.parse(text)
    assert text not in str(caught.value) or not text


@given(partial_dates())
def test_a_date_is_read_as_it_is_written(when: PartialDate) -> None:
    """Writing a date and reading it gives the same date, at the same precision."""
    assert when == PartialDate.parse(str(when))


@given(partial_dates())
def test_the_earliest_day_is_not_after_the_latest(when: PartialDate) -> None:
    """Both are days of the year, and of the month where it is known."""
    assert when.first <= when.last
    assert {when.first.year, when.last.year} == {when.year}
    assert (when.first == when.last) == when.is_day


@given(st.text())
def test_any_text_is_a_date_or_a_value_error(text: str) -> None:
    """No text makes the reader of dates stumble."""
    try:
        when = PartialDate.parse(text)
    except ValueError:
        return
    assert str(when) == text.strip()


@given(DAYS)
def test_a_day_is_a_partial_date_of_day_precision(day: date) -> None:
    """A day of the calendar and the same day in a chart are one."""
    when = PartialDate.of(day)
    assert when.is_day
    assert (day, day) == (when.first, when.last)
    assert str(when) == day.isoformat()


def test_a_model_reads_partial_dates() -> None:
    """In a model a date is read from text, kept when it is one already, and written as text."""
    adapter = TypeAdapter(PartialDate)
    when = PartialDate(2025, 3)
    assert when == adapter.validate_python("2025-03")
    assert when is adapter.validate_python(when)
    assert adapter.dump_json(when) == b'"2025-03"'
    pattern = "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"
    assert adapter.json_schema() == {"type": "string", "pattern": pattern}


@pytest.mark.parametrize("value", ["2025-13", "soon", "", 2025, None, ["2025"], {"year": 2025}])
def test_a_model_refuses_what_is_no_date(value: object) -> None:
    """The message says what a date is, and not what was written."""
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(PartialDate).validate_python(value)
    expected = "must be a day, a month or a year of the calendar, from 1900 on"
    assert [expected] == [error["msg"] for error in caught.value.errors()]


# --- spans ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "least", "greatest"),
    [
        ("2025-02-17", "2025-03-02", 14, 14),
        ("2025-02", "2025-04", 33, 89),  # 28 February to 1 April; 1 February to 30 April
        ("2025-02", "2025-02", None, 28),
        ("2025", "2025", None, 365),
        ("2024", "2025", 2, 731),
        ("2025-02-17", "2025", None, 318),
        ("2025-02-17", "2025-02-17", 1, 1),
    ],
)
def test_a_span_has_a_least_and_a_greatest_length(
    start: str, end: str, least: int | None, greatest: int
) -> None:
    """Only days that are in it whatever the exact dates count in the least."""
    span = Span(PartialDate.parse(start), PartialDate.parse(end))
    assert least == (span.least.days if span.least else None)
    assert greatest == span.greatest.days


@given(partial_dates(), partial_dates())
def test_the_least_of_a_span_lies_in_its_greatest(one: PartialDate, other: PartialDate) -> None:
    """What is surely in it can be in it."""
    span = Span(*sorted((one, other), key=lambda when: (when.first, when.last)))
    assert span.least is None or span.greatest.overlap(span.least) == span.least


# --- intervals and runs ---------------------------------------------------------------------------


def test_an_interval_counts_both_its_ends() -> None:
    """One day is an interval of one day, a week of seven."""
    assert interval("02-17", "02-17").days == 1
    assert interval("02-17", "02-23").days == 7


@given(intervals(), intervals())
def test_an_overlap_is_the_days_in_both(one: Interval, other: Interval) -> None:
    """It does not matter which of the two is asked."""
    both = days_of([one]) & days_of([other])
    overlap = one.overlap(other)
    assert overlap == other.overlap(one)
    assert both == (days_of([overlap]) if overlap else set())


@pytest.mark.parametrize(
    ("found", "gap_days", "expected"),
    [
        ([], 7, ()),
        ([("01-01", "01-10")], 7, ((("01-01", "01-10"),),)),
        # they overlap, or the one begins on the day after the other: one interval
        ([("01-01", "01-10"), ("01-05", "01-20")], 0, ((("01-01", "01-20"),),)),
        ([("01-01", "01-10"), ("01-11", "01-20")], 0, ((("01-01", "01-20"),),)),
        # one lies inside the other
        ([("01-01", "01-20"), ("01-05", "01-06")], 0, ((("01-01", "01-20"),),)),
        # a day between them: a run where a gap of one is allowed, two runs where none is
        ([("01-01", "01-10"), ("01-12", "01-20")], 1, ((("01-01", "01-10"), ("01-12", "01-20")),)),
        (
            [("01-01", "01-10"), ("01-12", "01-20")],
            0,
            ((("01-01", "01-10"),), (("01-12", "01-20"),)),
        ),
        # seven days between them, and eight
        ([("01-01", "01-10"), ("01-18", "01-20")], 7, ((("01-01", "01-10"), ("01-18", "01-20")),)),
        (
            [("01-01", "01-10"), ("01-19", "01-20")],
            7,
            ((("01-01", "01-10"),), (("01-19", "01-20"),)),
        ),
    ],
)
def test_intervals_make_runs(
    found: list[tuple[str, str]], gap_days: int, expected: tuple[tuple[tuple[str, str], ...], ...]
) -> None:
    """Intervals join where they meet, and make one run where only a short gap lies between."""
    made = runs([interval(*pair) for pair in found], gap_days)
    assert tuple(tuple(interval(*pair) for pair in run) for run in expected) == made


@given(st.lists(intervals(), max_size=8), st.integers(0, 30), st.randoms(use_true_random=False))
def test_the_order_of_intervals_does_not_matter(
    found: list[Interval], gap_days: int, dice: random.Random
) -> None:
    """A chart may list doses in any order."""
    shuffled = dice.sample(found, len(found))
    assert runs(found, gap_days) == runs(shuffled, gap_days)


@given(st.lists(intervals(), max_size=8), st.integers(0, 30))
def test_runs_hold_the_same_days(found: list[Interval], gap_days: int) -> None:
    """No day is lost, none is invented, none is counted twice."""
    flat = [i for run in runs(found, gap_days) for i in run]
    assert days_of(found) == days_of(flat)
    assert sum(i.days for i in flat) == len(days_of(found))


@given(st.lists(intervals(), max_size=8), st.integers(0, 30))
def test_gaps_are_short_inside_a_run_and_long_between_runs(
    found: list[Interval], gap_days: int
) -> None:
    """That is what makes a run."""
    made = runs(found, gap_days)
    for run in made:
        for one, other in itertools.pairwise(run):
            assert 1 <= (other.first - one.last).days - 1 <= gap_days
    for run, later in itertools.pairwise(made):
        assert (later[0].first - run[-1].last).days - 1 > gap_days


@given(st.lists(intervals(), max_size=8), intervals(), st.integers(0, 30))
def test_another_interval_never_shrinks_the_longest_run(
    found: list[Interval], more: Interval, gap_days: int
) -> None:
    """To record more treatment never makes a trial shorter."""
    assert longest_days(found, gap_days) <= longest_days([*found, more], gap_days)


@given(st.lists(intervals(), min_size=1, max_size=8), st.integers(0, 29))
def test_a_longer_gap_never_shrinks_the_longest_run(found: list[Interval], gap_days: int) -> None:
    """To allow longer gaps never makes a trial shorter."""
    assert longest_days(found, gap_days) <= longest_days(found, gap_days + 1)


def test_days_without_treatment_are_not_counted() -> None:
    """The longest run counts the days of treatment in it, not those of its gaps."""
    found = [interval("01-01", "01-10"), interval("01-15", "01-20"), interval("06-01", "06-12")]
    assert longest_days(found, 7) == 16
    assert longest_days(found, 0) == 12
    assert longest_days([], 7) == 0


# --- going back in time, and showing --------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "years", "expected"),
    [
        ("2026-11-22", 5, "2021-11-22"),
        ("2024-02-29", 1, "2023-02-28"),
        ("2024-02-29", 4, "2020-02-29"),
    ],
)
def test_years_before(day: str, years: int, expected: str) -> None:
    """The same day of an earlier year; 29 February becomes the 28th where there is none."""
    assert expected == dates.years_before(date.fromisoformat(day), years).isoformat()


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2026-11-22", 3, "2026-08-22"),
        ("2026-03-31", 1, "2026-02-28"),
        ("2026-01-15", 1, "2025-12-15"),
        ("2026-01-15", 13, "2024-12-15"),
        ("2026-01-15", 0, "2026-01-15"),
    ],
)
def test_months_before(day: str, months: int, expected: str) -> None:
    """The same day of an earlier month, or the last day of a shorter one."""
    assert expected == dates.months_before(date.fromisoformat(day), months).isoformat()


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2026-11-22", 3, "2027-02-22"),
        ("2026-10-31", 4, "2027-02-28"),
        ("2027-10-31", 4, "2028-02-29"),
        ("2026-12-31", 1, "2027-01-31"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-01-31", 0, "2026-01-31"),
    ],
)
def test_months_after(day: str, months: int, expected: str) -> None:
    """The same day of a later month, or the last day of a shorter one, through years."""
    assert expected == dates.months_after(date.fromisoformat(day), months).isoformat()


@given(st.dates(date(1950, 1, 1), date(2100, 1, 1)), st.integers(0, 60))
def test_months_back_and_forth_lose_days_of_the_month_alone(day: date, months: int) -> None:
    """Going on and coming back ends in the same month, on the same day where there was one."""
    there = dates.months_after(day, months)
    back = dates.months_before(there, months)
    assert (day.year, day.month) == (back.year, back.month)
    assert (back == day) is (there.day == day.day)


HOLIDAYS_2026 = """
    2026-01-01 2026-01-19 2026-02-16 2026-05-25 2026-06-19 2026-07-04 2026-09-07 2026-10-12
    2026-11-11 2026-11-26 2026-12-25
"""


def test_the_federal_holidays_of_a_year() -> None:
    """Eleven days by their own dates; offices that close on another day change nothing."""
    expected = {date.fromisoformat(day) for day in HOLIDAYS_2026.split()}
    assert expected == dates.federal_holidays(2026)
    assert date(2027, 5, 31) in dates.federal_holidays(2027)  # May ends on the last Monday


@given(st.integers(1990, 2150))
def test_every_year_has_eleven_federal_holidays(year: int) -> None:
    """No two of them fall on one day, and each lies in its year."""
    found = dates.federal_holidays(year)
    assert len(found) == 11
    assert {day.year for day in found} == {year}


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-11-20", "2026-11-20"),  # a Friday
        ("2026-11-21", "2026-11-23"),
        ("2026-11-26", "2026-11-27"),  # Thanksgiving Day
        ("2026-12-25", "2026-12-28"),  # Christmas Day, a Friday
        ("2027-01-01", "2027-01-04"),  # a Friday
        ("2026-07-03", "2026-07-03"),  # offices close for the Saturday after it: not counted
    ],
)
def test_a_day_that_is_no_business_day_moves_to_the_next(day: str, expected: str) -> None:
    """Past Saturdays, Sundays and federal holidays, into the next year too."""
    assert expected == dates.business_day_from(date.fromisoformat(day)).isoformat()


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        ("2026-11-20", 1, "2026-11-23"),
        ("2026-11-22", 5, "2026-11-30"),  # over Thanksgiving Day
        ("2026-12-24", 1, "2026-12-28"),
        ("2026-12-31", 1, "2027-01-04"),
        ("2026-11-22", 0, "2026-11-22"),
    ],
)
def test_business_days_are_counted_from_the_day_after(day: str, count: int, expected: str) -> None:
    """The first day is not counted, nor a weekend nor a federal holiday."""
    assert expected == dates.business_days_after(date.fromisoformat(day), count).isoformat()


def test_days_before() -> None:
    """Days are counted through months."""
    assert date(2026, 2, 26) == dates.days_before(date(2026, 3, 1), 3)


@pytest.mark.parametrize(
    ("day", "birth", "expected"),
    [
        ("2026-03-08", "1984-03-09", 41),
        ("2026-03-09", "1984-03-09", 42),
        ("2026-02-28", "1984-02-29", 41),
        ("2026-03-01", "1984-02-29", 42),
        ("1984-03-09", "1984-03-09", 0),
    ],
)
def test_age_is_in_whole_years(day: str, birth: str, expected: int) -> None:
    """It changes on the birthday; who was born on 29 February ages on 1 March."""
    assert expected == dates.age_on(date.fromisoformat(day), date.fromisoformat(birth))


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (date(2025, 2, 7), "02/07/2025"),
        (PartialDate(2025, 2, 7), "02/07/2025"),
        (PartialDate(2025, 2), "02/2025"),
        (PartialDate(2025), "2025"),
    ],
)
def test_a_date_is_shown_as_us_readers_write_it(when: date | PartialDate, expected: str) -> None:
    """Month, day, year, as far as they are known."""
    assert expected == dates.shown(when)
