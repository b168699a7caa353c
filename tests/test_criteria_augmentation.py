"""Augmentation: a drug that was added to an antidepressant, for long enough beside it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cases import (
    DAY,
    MET,
    NOT_MET,
    UNKNOWN,
    dose,
    drug,
    failed,
    judged,
    quick,
    rule,
    unhurried,
    with_,
    without,
)
from hypothesis import given
from hypothesis import strategies as st

from priorauth.criteria import Facts, weigh
from priorauth.reference import Mark

if TYPE_CHECKING:
    from priorauth.criteria import Answer

SERTRALINE = failed("sertraline", 150, "2025-02-03", "2025-11-30")
ARIPIPRAZOLE = drug(
    "aripiprazole",
    dose(5, "2025-06-02", "2025-07-27"),  # 56 days
    augments="sertraline",
    outcome="no_response",
)


SAID = (
    "Aripiprazole added to sertraline, highest dose 5 mg/day, 06/02/2025 to 07/27/2025: "
    "8 weeks; no response"
)
LOW = (
    "Aripiprazole: The policy names no dose: compare it with the record, and ask the payer whether "
    "a dose below the labeled one counts."
)
WANTED = "1 augmentation trial (SGA, lithium) of 8 weeks or more each"
ASKED = {"weeks": 8, "classes": ["SGA"], "agents": ["lithium"]}
EXACT = (
    "Aripiprazole: Write the exact days of aripiprazole and sertraline from the chart or the "
    "pharmacy record."
)

ADDED: dict[str, tuple[list[Any], Answer, str, str]] = {
    "eight weeks": ([ARIPIPRAZOLE], MET, SAID, ""),
    "one day less": (
        [with_(ARIPIPRAZOLE, doses=[dose(5, "2025-06-02", "2025-07-26")])],
        NOT_MET,
        "aripiprazole: taken for 7.8 weeks, 8 weeks needed",
        f"{WANTED}.",
    ),
    "by months": (
        [with_(ARIPIPRAZOLE, doses=[dose(5, "2025-06", "2025-07")])],
        UNKNOWN,
        (
            "Aripiprazole added to sertraline, highest dose 5 mg/day, 06/2025 to 07/2025: "
            "0.2 to 8.7 weeks; no response; aripiprazole: 0.2 to 8.7 weeks beside sertraline, "
            "8 weeks needed"
        ),
        EXACT,
    ),
    "by name": (
        [
            drug(
                "lithium ER",
                dose(900, "2025-06-02", "2025-07-27"),
                augments="sertraline",
                outcome="no_response",
            )
        ],
        MET,
        (
            "Lithium added to sertraline, highest dose 900 mg/day, 06/02/2025 to 07/27/2025: "
            "8 weeks; no response"
        ),
        "",
    ),
    "none on record": (
        [],
        UNKNOWN,
        "no augmentation that the policy names is recorded",
        (
            f"{WANTED}: drug, doses and dates, with `augments:` and the antidepressant it was "
            "added to."
        ),
    ),
    "one that the policy does not name": (
        [with_(ARIPIPRAZOLE, drug="lamotrigine")],
        UNKNOWN,
        "no augmentation that the policy names is recorded",
        (
            f"{WANTED}: drug, doses and dates, with `augments:` and the antidepressant it was "
            "added to."
        ),
    ),
    "taken alone": (
        [without(ARIPIPRAZOLE, "augments")],
        UNKNOWN,
        "no augmentation that the policy names is recorded",
        (
            f"{WANTED}: drug, doses and dates, with `augments:` and the antidepressant it was "
            "added to."
        ),
    ),
    "never taken": (
        [drug("lithium", augments="sertraline", outcome="contraindicated")],
        NOT_MET,
        "lithium: never taken",
        f"{WANTED}.",
    ),
    "for sleep": (
        [
            drug(
                "quetiapine",
                dose(300, "2025-06-02", "2025-09-27"),
                augments="sertraline",
                purpose="sleep",
            )
        ],
        NOT_MET,
        "quetiapine: not taken for depression",
        f"{WANTED}.",
    ),
    "at a dose for sleep": (
        [drug("quetiapine", dose(50, "2025-06-02", "2025-09-27"), augments="sertraline")],
        NOT_MET,
        "quetiapine: a dose usual for sleep",
        f"{WANTED}.",
    ),
    "up from a dose for sleep, then long enough": (
        [
            drug(
                "quetiapine XR",
                dose(50, "2025-05-01", "2025-06-01"),
                dose(150, "2025-06-02", "2025-07-27"),
                augments="sertraline",
                outcome="no_response",
            )
        ],
        MET,
        (
            "Quetiapine added to sertraline, highest dose 150 mg/day, 05/01/2025 to 07/27/2025: "
            "8 weeks above 100 mg/day; no response"
        ),
        "",
    ),
    "after the antidepressant had ended": (
        [with_(ARIPIPRAZOLE, doses=[dose(5, "2026-01-05", "2026-06-01")])],
        NOT_MET,
        "aripiprazole: none of its 21.1 weeks beside sertraline, 8 weeks needed",
        f"{WANTED}.",
    ),
    "beside the antidepressant for a part of the time": (
        [with_(ARIPIPRAZOLE, doses=[dose(5, "2025-10-05", "2026-06-01")])],
        MET,
        (
            "Aripiprazole added to sertraline, highest dose 5 mg/day, 10/05/2025 to 06/01/2026: "
            "34.2 weeks, 8.1 of them beside sertraline; no response"
        ),
        "",
    ),
    "beside it for too short a part": (
        [with_(ARIPIPRAZOLE, doses=[dose(5, "2025-10-07", "2026-06-01")])],
        NOT_MET,
        "aripiprazole: 7.8 of its 34 weeks beside sertraline, 8 weeks needed",
        f"{WANTED}.",
    ),
    "beside it perhaps": (
        [with_(ARIPIPRAZOLE, doses=[dose(5, "2025-10", "2026-06-01")])],
        UNKNOWN,
        (
            "Aripiprazole added to sertraline, highest dose 5 mg/day, 10/2025 to 06/01/2026: "
            "30.5 to 34.8 weeks, 4.4 to 8.7 of them beside sertraline; no response; aripiprazole: "
            "4.4 to 8.7 weeks beside sertraline, 8 weeks needed"
        ),
        EXACT,
    ),
    "added to a drug that is not recorded": (
        [with_(ARIPIPRAZOLE, augments="paroxetine")],
        UNKNOWN,
        (
            "Aripiprazole added to paroxetine, highest dose 5 mg/day, 06/02/2025 to 07/27/2025: "
            "8 weeks; no response; aripiprazole: paroxetine, which it was added to, is not recorded"
        ),
        "Aripiprazole: Add paroxetine with its doses and dates.",
    ),
    "too short, whatever it was added to": (
        [with_(ARIPIPRAZOLE, augments="paroxetine", doses=[dose(5, "2025-06-02", "2025-06-30")])],
        NOT_MET,
        "aripiprazole: taken for 4.1 weeks, 8 weeks needed",
        f"{WANTED}.",
    ),
    "below the dose that the label adds": (
        [with_(ARIPIPRAZOLE, doses=[dose(2, "2025-06-02", "2025-07-27")])],
        UNKNOWN,
        (
            "Aripiprazole added to sertraline, highest dose 2 mg/day, 06/02/2025 to 07/27/2025: "
            "8 weeks; no response; aripiprazole: never at or above 5 mg/day, the least effective "
            "labeled dose"
        ),
        LOW,
    ),
    "at that dose for a part of the time": (
        [
            with_(
                ARIPIPRAZOLE,
                doses=[dose(2, "2025-06-02", "2025-06-08"), dose(5, "2025-06-09", "2025-07-27")],
            )
        ],
        UNKNOWN,
        (
            "Aripiprazole added to sertraline, highest dose 5 mg/day, 06/02/2025 to 07/27/2025: "
            "8 weeks; no response; aripiprazole: 7 weeks at 5 mg/day or more, 8 weeks needed"
        ),
        LOW,
    ),
    "lithium, whose label adds it at no dose": (
        [with_(ARIPIPRAZOLE, drug="lithium", doses=[dose(150, "2025-06-02", "2025-07-27")])],
        MET,
        (
            "Lithium added to sertraline, highest dose 150 mg/day, 06/02/2025 to 07/27/2025: "
            "8 weeks; no response"
        ),
        "",
    ),
    "added to a sleeping pill": (
        [
            drug("trazodone", dose(50, "2025-02-03", "2025-11-30")),
            with_(ARIPIPRAZOLE, augments="trazodone"),
        ],
        NOT_MET,
        "aripiprazole: none of its 8 weeks beside trazodone, 8 weeks needed",
        f"{WANTED}.",
    ),
}


@pytest.mark.parametrize("what", ADDED)
def test_a_drug_added_for_depression_long_enough_is_an_augmentation(what: str) -> None:
    """Doses that are usual for sleep give no time, whatever the drug was added to."""
    treatments, answer, because, would_change = ADDED[what]
    found = judged(rule("augmentation", **ASKED), treatments=[SERTRALINE, *treatments])
    assert (answer, because, would_change) == (found.answer, found.because, found.would_change)


@pytest.mark.parametrize(
    ("added", "answer"),
    [
        ([ARIPIPRAZOLE], NOT_MET),
        ([ARIPIPRAZOLE, with_(ARIPIPRAZOLE, augments="venlafaxine")], NOT_MET),
        ([ARIPIPRAZOLE, with_(ARIPIPRAZOLE, drug="lithium")], MET),
        (
            [
                ARIPIPRAZOLE,
                with_(ARIPIPRAZOLE, drug="lithium", doses=[dose(900, "2025-06", "2025-07")]),
            ],
            UNKNOWN,
        ),
        (
            [
                with_(ARIPIPRAZOLE, doses=[dose(5, "2025-02-03", "2025-02-16")]),
                with_(ARIPIPRAZOLE, drug="lithium"),
                ARIPIPRAZOLE,
            ],
            MET,
        ),
    ],
)
def test_two_augmentations_are_two_agents(added: list[Any], answer: Answer) -> None:
    """One agent added to two antidepressants, or twice to one, is one augmentation."""
    found = judged(rule("augmentation", least=2, weeks=8), treatments=[SERTRALINE, *added])
    assert answer is found.answer


def test_a_policy_that_names_no_drug_takes_any() -> None:
    """Without names or classes every drug that was added counts."""
    week = with_(ARIPIPRAZOLE, drug="methylphenidate", doses=[dose(10, "2025-06-02", "2025-06-08")])
    found = judged(rule("augmentation"), treatments=[SERTRALINE, week])
    assert found.answer is MET
    assert judged(rule("augmentation")).would_change.startswith("1 augmentation trial: drug,")


@pytest.mark.parametrize(
    ("onset", "answer"), [("2025-06-02", MET), ("2025-06-03", NOT_MET), ("2025-06", UNKNOWN)]
)
def test_an_augmentation_counts_from_the_onset(onset: str, answer: Answer) -> None:
    """56 days that began on 2 June are too few in an episode that began on 3 June."""
    asked = rule("augmentation", weeks=8, window={"current_episode": "yes"})
    found = judged(asked, treatments=[SERTRALINE, ARIPIPRAZOLE], episode={"onset": onset})
    assert answer is found.answer


@pytest.mark.parametrize(
    ("outcome", "answer"),
    [("no_response", MET), ("response", NOT_MET), ("", UNKNOWN)],
)
def test_a_policy_may_say_how_it_must_have_gone(outcome: str, answer: Answer) -> None:
    """Where augmentation must have failed, its outcome is asked for."""
    told = with_(ARIPIPRAZOLE, outcome=outcome) if outcome else without(ARIPIPRAZOLE, "outcome")
    asked = rule("augmentation", weeks=8, outcomes=["no_response", "partial_response"])
    assert answer is judged(asked, treatments=[SERTRALINE, told]).answer


@pytest.mark.parametrize(
    ("doses", "answer", "reason"),
    [
        ([dose(5, "2025-06-02", "2025-06-08")], MET, ""),
        (
            [dose(5, "2025-06-02", "2025-06-02")],
            UNKNOWN,
            "only 1 day beside sertraline; the policy names no length",
        ),
        (
            [dose(5, "2025-11-25", "2026-02-02")],
            UNKNOWN,
            "only 6 days beside sertraline; the policy names no length",
        ),
        (
            [dose(5, "2025-06", "2025-06")],
            UNKNOWN,
            "0.1 to 4.2 weeks beside sertraline; the policy names no",
        ),
        ([dose(5, "2025-12-01", "2026-02-02")], NOT_MET, "none of its 9.1 weeks beside"),
    ],
)
def test_where_no_length_is_named_less_than_a_week_is_for_the_payer_to_say(
    doses: list[Any], answer: Answer, reason: str
) -> None:
    """No label of an added drug raises its dose within a week."""
    found = judged(rule("augmentation"), treatments=[SERTRALINE, with_(ARIPIPRAZOLE, doses=doses)])
    assert answer is found.answer
    assert reason in found.because


@pytest.mark.parametrize(
    ("outcome", "policy", "answer"),
    [
        ("intolerance", {}, UNKNOWN),
        ("intolerance", {"intolerance": {"counts": "yes"}}, MET),
        ("intolerance", {"intolerance": {"counts": "no"}}, NOT_MET),
        ("intolerance", {"outcomes": ["intolerance"]}, UNKNOWN),
        ("contraindicated", {}, UNKNOWN),
        ("contraindicated", {"contraindication": {"counts": "yes"}}, MET),
        ("", {}, UNKNOWN),
        (
            "",
            {"intolerance": {"counts": "no"}, "contraindication": {"counts": "no"}},
            NOT_MET,
        ),
    ],
)
def test_an_added_drug_that_could_not_be_taken_counts_as_the_policy_says(
    outcome: str,
    policy: Any,  # noqa: ANN401 - a policy file's values
    answer: Answer,
) -> None:
    """As with antidepressants: where the policy does not say it, the payer is asked.

    A short one whose outcome is open may have been one of these.
    """
    few = with_(ARIPIPRAZOLE, doses=[dose(5, "2025-06-02", "2025-06-03")])
    told = with_(few, outcome=outcome) if outcome else without(few, "outcome")
    asked = rule(
        "augmentation", **{"weeks": 8, "outcomes": ["no_response", "partial_response"], **policy}
    )
    assert answer is judged(asked, treatments=[SERTRALINE, told]).answer


@pytest.mark.parametrize(
    "told",
    [
        {"improvement_percent": 50},
        {"outcome": "partial_response", "change": {"scale": "MADRS", "before": 40, "after": 5}},
        {"outcome": "response", "improvement_percent": 10},
    ],
)
def test_figures_that_contradict_the_word_are_a_question(told: Any) -> None:  # noqa: ANN401
    """Whether it failed is open until one of the two is corrected."""
    asked = rule("augmentation", weeks=8, outcomes=["no_response", "partial_response"])
    found = judged(asked, treatments=[SERTRALINE, with_(ARIPIPRAZOLE, **told)])
    assert found.answer is UNKNOWN
    assert "The word and the figures differ" in found.would_change


def test_what_counts_is_told_beside_what_does_not() -> None:
    """The tally, and of each drug that is missing why it does not count."""
    few = with_(ARIPIPRAZOLE, drug="lithium", doses=[dose(900, "2025-06-02", "2025-06-29")])
    found = judged(
        rule("augmentation", least=2, weeks=8), treatments=[SERTRALINE, ARIPIPRAZOLE, few]
    )
    assert found.because.endswith("1 of 2 counted; lithium: taken for 4 weeks, 8 weeks needed")


# --- what holds for every length ------------------------------------------------------------------

FIRST = date(2025, 1, 1)
ORDER = [NOT_MET, UNKNOWN, MET]


@unhurried
@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 120)), min_size=1, max_size=3),
    st.integers(0, 2),
    st.integers(0, 60),
    st.integers(0, 60),
    st.sampled_from([None, 1, 4, 8]),
)
def test_taking_days_from_the_first_drug_never_makes_an_augmentation_better(
    spans: list[tuple[int, int]], place: int, off_start: int, off_end: int, weeks: int | None
) -> None:
    """Only time beside the drug that it was added to can count."""

    def answered(held: list[tuple[int, int]]) -> Answer:
        base = [
            failed("sertraline", 100, str(FIRST + timedelta(a)), str(FIRST + timedelta(b)))
            for a, b in held
        ]
        asked = rule("augmentation", **({"weeks": weeks} if weeks else {}))
        found = quick(treatments=[*base, ARIPIPRAZOLE])
        return weigh(asked, Facts(found, DAY), Mark.V).answer

    held = [(start, start + length) for start, length in spans]
    place %= len(held)
    start, end = held[place]
    start = min(start + off_start, end)
    shorter = [*held[:place], (start, max(start, end - off_end)), *held[place + 1 :]]
    assert ORDER.index(answered(shorter)) <= ORDER.index(answered(held))
