"""Drugs beside others: augmentation, and an antidepressant taken beside the service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cases import MET, NOT_MET, UNKNOWN, dose, drug, failed, judged, rule

if TYPE_CHECKING:
    from priorauth.criteria import Answer

SERTRALINE = failed("sertraline", 150, "2025-02-03", "2025-11-30")
ARIPIPRAZOLE = drug(
    "aripiprazole",
    dose(5, "2025-06-02", "2025-07-27"),  # 56 days
    augments="sertraline",
    outcome="no_response",
)


def with_(treatment: Any, **more: Any) -> Any:  # noqa: ANN401 - a case file's values
    """Return the treatment with some values added or replaced."""
    return {**treatment, **more}


def without(treatment: Any, key: str) -> Any:  # noqa: ANN401 - a case file's values
    """Return the treatment without one of its values."""
    return {name: value for name, value in treatment.items() if name != key}


# --- augmentation ---------------------------------------------------------------------------------

SAID = (
    "Aripiprazole added to sertraline, highest dose 5 mg/day, 06/02/2025 to 07/27/2025: "
    "8 weeks; no response"
)
WANTED = "1 augmentation trial (SGA, lithium) of 8 weeks or more each"
ASKED = {"weeks": 8, "classes": ["SGA"], "agents": ["lithium"]}
EXACT = f"{WANTED}; the exact days and the outcome from the chart."
NOT_ENOUGH = "not enough of them, too short, or not failed"
UNSETTLED = "the dates or the outcome do not settle it"

ADDED: dict[str, tuple[list[Any], Answer, str, str]] = {
    "eight weeks": ([ARIPIPRAZOLE], MET, SAID, ""),
    "one day less": (
        [with_(ARIPIPRAZOLE, doses=[dose(5, "2025-06-02", "2025-07-26")])],
        NOT_MET,
        NOT_ENOUGH,
        EXACT,
    ),
    "by months": (
        [with_(ARIPIPRAZOLE, doses=[dose(5, "2025-06", "2025-07")])],
        UNKNOWN,
        (
            "Aripiprazole added to sertraline, highest dose 5 mg/day, 06/2025 to 07/2025: "
            f"0.2 to 8.7 weeks; no response; {UNSETTLED}"
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
        NOT_ENOUGH,
        EXACT,
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
        f"{NOT_ENOUGH}; quetiapine: not taken for depression",
        EXACT,
    ),
    "at a dose for sleep": (
        [drug("quetiapine", dose(50, "2025-06-02", "2025-09-27"), augments="sertraline")],
        NOT_MET,
        f"{NOT_ENOUGH}; quetiapine: a dose usual for sleep",
        EXACT,
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
            "8 weeks; no response"
        ),
        "",
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
    """Without names or classes every drug that was added counts, from its first day."""
    one_day = with_(
        ARIPIPRAZOLE, drug="methylphenidate", doses=[dose(10, "2025-06-02", "2025-06-02")]
    )
    found = judged(rule("augmentation"), treatments=[SERTRALINE, one_day])
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


# --- an antidepressant beside ---------------------------------------------------------------------

MIRTAZAPINE = drug("mirtazapine", dose(30, "2026-07-06"), ongoing=True)
REQUIRED = rule("concurrent_antidepressant", rule="required")
STEADY = rule("concurrent_antidepressant", rule="required", stable_weeks=2)
NEW = rule("concurrent_antidepressant", rule="required", not_failed=True)
ASK = "Ask which oral antidepressant is taken now: its doses, `ongoing: yes`."
NONE_NOW = "no antidepressant is recorded as still taken"


def test_an_antidepressant_that_goes_on_is_shown_with_its_dose() -> None:
    """The dose, since when, and that it is still taken."""
    found = judged(REQUIRED, treatments=[MIRTAZAPINE])
    assert (found.answer, found.because) == (
        MET,
        "Mirtazapine 30 mg/day since 07/06/2026, still taken",
    )


@pytest.mark.parametrize(
    "treatments",
    [
        [],
        [drug("mirtazapine", dose(30, "2026-07-06", "2026-10-31"))],
        [drug("mirtazapine", dose(30, "2026-07-06"))],
        [drug("aripiprazole", dose(5, "2026-07-06"), ongoing=True, augments="sertraline")],
        [drug("Zyban", dose(300, "2026-07-06"), ongoing=True)],
        [drug("trazodone", dose(50, "2026-07-06"), ongoing=True)],
        [drug("trazodone", dose(200, "2026-01-05"), dose(50, "2026-07-06"), ongoing=True)],
        [drug("Emsam", dose(6, "2026-07-06"), ongoing=True)],
    ],
    ids=[
        "nothing",
        "ended",
        "no end recorded",
        "no antidepressant",
        "for smoking",
        "a dose for sleep",
        "lowered to a dose for sleep",
        "a patch",
    ],
)
def test_without_an_oral_antidepressant_on_record_it_is_asked_for(treatments: list[Any]) -> None:
    """Nothing that is taken for sleep or smoking, and no patch, stands for one."""
    found = judged(REQUIRED, treatments=treatments)
    assert (found.answer, found.because, found.would_change) == (UNKNOWN, NONE_NOW, ASK)


def test_none_is_needed_where_none_is_required() -> None:
    """The finding is met, and shows what is taken all the same."""
    free = rule("concurrent_antidepressant", rule="not_required")
    assert judged(free).because == "none is required"
    assert judged(free).answer is MET
    shown = judged(free, treatments=[MIRTAZAPINE])
    assert shown.because == "Mirtazapine 30 mg/day since 07/06/2026, still taken"


STEADINESS: dict[str, tuple[Any, Answer, str]] = {
    "14 days": (
        drug("mirtazapine", dose(30, "2026-11-09"), ongoing=True),
        MET,
        "Mirtazapine 30 mg/day since 11/09/2026, still taken",
    ),
    "13 days": (
        drug("mirtazapine", dose(30, "2026-11-10"), ongoing=True),
        NOT_MET,
        "Mirtazapine 30 mg/day since 11/10/2026, still taken",
    ),
    "raised a week ago": (
        drug(
            "mirtazapine",
            dose(15, "2026-01-05", "2026-11-15"),
            dose(30, "2026-11-16"),
            ongoing=True,
        ),
        NOT_MET,
        "Mirtazapine 30 mg/day since 11/16/2026, still taken",
    ),
    "the same dose in two entries": (
        drug(
            "mirtazapine",
            dose(30, "2026-10-26", "2026-11-15"),
            dose(30, "2026-11-16"),
            ongoing=True,
        ),
        MET,
        "Mirtazapine 30 mg/day since 10/26/2026, still taken",
    ),
    "begun some day of November": (
        drug("mirtazapine", dose(30, "2026-11"), ongoing=True),
        UNKNOWN,
        "Mirtazapine 30 mg/day since 11/2026, still taken",
    ),
    "raised some day of November": (
        drug("mirtazapine", dose(15, "2026-11"), dose(30, "2026-11"), ongoing=True),
        UNKNOWN,
        "Mirtazapine, still taken",
    ),
}


@pytest.mark.parametrize("what", STEADINESS)
def test_the_present_dose_must_have_been_held_long_enough(what: str) -> None:
    """Two weeks at one dose are 14 days, today among them."""
    treatment, answer, because = STEADINESS[what]
    found = judged(STEADY, treatments=[treatment])
    assert (answer, because) == (found.answer, found.because)
    wanted = "An oral antidepressant, taken now for 2 weeks at one dose."
    assert ("" if answer is MET else wanted) == found.would_change


ZOLOFT = drug("Zoloft", dose(100, "2026-08-03"), ongoing=True)
EARLY = with_(ZOLOFT, outcome="too_early_to_judge")
FAILED: dict[str, tuple[list[Any], Answer]] = {
    "not said how it goes": ([MIRTAZAPINE], UNKNOWN),
    "too early to judge": ([with_(MIRTAZAPINE, outcome="too_early_to_judge")], MET),
    "a response": ([with_(MIRTAZAPINE, outcome="response")], MET),
    "no response": ([with_(MIRTAZAPINE, outcome="no_response")], NOT_MET),
    "a partial response": ([with_(MIRTAZAPINE, outcome="partial_response")], NOT_MET),
    "the same agent failed before": ([SERTRALINE, ZOLOFT], NOT_MET),
    "the same agent helped before": ([with_(SERTRALINE, outcome="remission"), EARLY], MET),
    "how the same agent went before is not recorded": (
        [without(SERTRALINE, "outcome"), EARLY],
        UNKNOWN,
    ),
    "another agent failed": ([SERTRALINE, with_(MIRTAZAPINE, outcome="response")], MET),
    "the same agent failed as an augmentation": (
        [
            drug(
                "mirtazapine",
                dose(30, "2025-06-02", "2025-09-27"),
                augments="sertraline",
                outcome="no_response",
            ),
            with_(MIRTAZAPINE, outcome="response"),
        ],
        MET,
    ),
    "the generic goes on, and a failed brand may have been its last part": (
        [
            drug("Remeron", dose(30, "2026-06", "2026-07"), outcome="no_response"),
            drug("mirtazapine", dose(30, "2026-07"), ongoing=True),
        ],
        UNKNOWN,
    ),
    "one has failed and another goes on": (
        [with_(MIRTAZAPINE, outcome="no_response"), EARLY],
        MET,
    ),
}


@pytest.mark.parametrize("what", FAILED)
def test_the_antidepressant_beside_may_have_to_be_one_that_has_not_failed(what: str) -> None:
    """Nobody's word is no word that it works; an earlier failure of the agent is a failure."""
    treatments, answer = FAILED[what]
    found = judged(NEW, treatments=treatments)
    assert answer is found.answer
    wanted = "An oral antidepressant that is none of the failed ones, taken now."
    assert found.would_change.startswith("" if answer is MET else wanted)
    assert (answer is UNKNOWN) is ("too_early_to_judge is an answer too" in found.would_change)


def test_how_the_antidepressant_beside_goes_is_asked_for() -> None:
    """By its name, with what can be written; being too early is an answer."""
    found = judged(NEW, treatments=[MIRTAZAPINE])
    assert found.would_change == (
        "An oral antidepressant that is none of the failed ones, taken now. How has mirtazapine "
        "gone? Write `outcome:`; too_early_to_judge is an answer too."
    )
