"""Groups of three-valued answers, and what holds for every kind of criterion."""

from __future__ import annotations

import copy
from datetime import date, timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from cases import DAY, EMPTY, MET, NOT_MET, UNKNOWN, case, part, quick, rule, unhurried
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from priorauth.criteria import Answer, Facts, Finding, all_of, at_least, weigh
from priorauth.payer import ConcurrentAntidepressant, leaves
from priorauth.reference import Mark

if TYPE_CHECKING:
    from priorauth.payer import Part

# --- groups ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "every", "one", "two"),
    [
        ([MET], MET, MET, NOT_MET),
        ([UNKNOWN], UNKNOWN, UNKNOWN, NOT_MET),
        ([NOT_MET], NOT_MET, NOT_MET, NOT_MET),
        ([MET, MET], MET, MET, MET),
        ([MET, UNKNOWN], UNKNOWN, MET, UNKNOWN),
        ([MET, NOT_MET], NOT_MET, MET, NOT_MET),
        ([UNKNOWN, UNKNOWN], UNKNOWN, UNKNOWN, UNKNOWN),
        ([UNKNOWN, NOT_MET], NOT_MET, UNKNOWN, NOT_MET),
        ([NOT_MET, NOT_MET], NOT_MET, NOT_MET, NOT_MET),
        ([MET, UNKNOWN, NOT_MET], NOT_MET, MET, UNKNOWN),
        ([MET, MET, NOT_MET], NOT_MET, MET, MET),
    ],
)
def test_groups_follow_kleene(
    answers: list[Answer], every: Answer, one: Answer, two: Answer
) -> None:
    """Unknown is decided only where every way of deciding it gives one answer."""
    assert (every, one, two) == (all_of(answers), at_least(1, answers), at_least(2, answers))


@pytest.mark.parametrize("answers", list(product([MET, UNKNOWN, NOT_MET], repeat=3)))
def test_an_unknown_group_is_one_that_an_answer_can_still_turn(
    answers: tuple[Answer, ...],
) -> None:
    """A group is unknown when deciding its unknown parts can make it both, and only then."""
    ways = list(product(*([one] if one is not UNKNOWN else [MET, NOT_MET] for one in answers)))
    for group in (all_of, lambda found: at_least(1, found), lambda found: at_least(2, found)):
        ends = {group(way) for way in ways}
        assert group(answers) is (ends.pop() if len(ends) == 1 else UNKNOWN)


ADULT = {"id": "adult", "requirement": "18 or older", "kind": "age", "least": 18}
CHILD = {"id": "child", "requirement": "Younger than 18", "kind": "age", "below": 18}
SCORE = {"id": "phq", "requirement": "PHQ-9 15", "kind": "score", "scales": {"PHQ-9": 15}}


def finding(asked: Part, **sections: Any) -> Finding:  # noqa: ANN401 - a case file's values
    """Return the finding on a criterion or a group."""
    return weigh(asked, Facts(case(**sections), DAY), Mark.V2)


def test_a_group_has_a_finding_for_each_part() -> None:
    """Groups inside groups keep their parts; a group without an id is named by its place."""
    found = finding(
        part(
            {
                "all": [
                    ADULT,
                    {"id": "either", "requirement": "One of two", "any": [CHILD, SCORE]},
                    {"at_least": 1, "of": [ADULT | {"id": "grown"}, CHILD | {"id": "minor"}]},
                ]
            }
        )
    )
    assert found.answer is UNKNOWN
    assert [(one.id, one.kind, one.answer) for one in found.parts] == [
        ("adult", "age", MET),
        ("either", "any", UNKNOWN),
        ("criteria-3", "at_least", MET),
    ]
    assert found.requirement == "All of these"
    assert found.parts[1].requirement == "One of two"
    assert found.parts[2].requirement == "At least 1 of these"
    assert [one.id for one in found.leaves()] == ["adult", "child", "phq", "grown", "minor"]
    assert [one.id for one in found.deciding()] == ["child", "phq"]


def test_an_answer_is_shown_in_words() -> None:
    """As a letter and a screen print it."""
    assert [one.shown for one in Answer] == ["met", "not met", "unknown"]


def test_a_met_finding_asks_for_nothing() -> None:
    """Neither a question nor a deciding part is left where the answer is met."""
    found = finding(part({"any": [ADULT, CHILD]}))
    assert found.answer is MET
    assert list(found.deciding()) == []
    assert not found.parts[0].would_change
    assert found.parts[1].would_change == "Nothing but the patient's age."


def test_a_finding_carries_the_policys_words_and_marks() -> None:
    """Requirement and citation are the policy's; a criterion's own mark stands before that."""
    asked = part(
        {"all": [ADULT | {"cite": "page 2", "mark": "V2-low"}, SCORE]},
    )
    found = finding(asked)
    assert [(one.requirement, one.cite, one.mark) for one in found.parts] == [
        ("18 or older", "page 2", Mark.V2_LOW),
        ("PHQ-9 15", "", Mark.V2),
    ]


def test_a_finding_stands_on_each_page_once() -> None:
    """Two facts on one page are one place in the exhibits."""
    page = {"exhibit": "notes", "page": 2}
    found = finding(
        rule("severity", least="severe"),
        exhibits=[{"id": "notes", "title": "Notes", "kind": "chart_notes", "file": "n.pdf"}],
        diagnoses=[{"code": "F33.2", "evidence": page}],
        episode={"severity": "severe", "evidence": page},
    )
    assert [(one.exhibit, one.page) for one in found.evidence] == [("notes", 2)]
    assert found.because == (
        "Episode recorded as severe; F33.2 Major depressive disorder, recurrent severe without "
        "psychotic features"
    )


def test_no_value_of_a_case_shows_in_the_text_form_of_a_finding() -> None:
    """Tracebacks and logs carry the text form: it holds neither facts nor reasons."""
    found = finding(SCORE_RULE, scores=[{"scale": "PHQ-9", "total": 27, "on": "2026-11-10"}])
    assert "27" in found.because
    assert "27" not in repr(found)


SCORE_RULE = part(SCORE)


# --- what holds for every kind --------------------------------------------------------------------

NAMES = {
    "sertraline": (25, 50, 100, 200),
    "Zoloft": (50, 100),
    "escitalopram": (10, 20),
    "vilazodone": (20, 40),
    "venlafaxine": (75, 225, 375),
    "paroxetine": (20, 25),
    "desvenlafaxine": (50, 100),
    "gepirone": (18, 72),
    "fluvoxamine": (100, 300),
    "trazodone": (50, 150),
    "Auvelity": (45, 90),
    "bupropion": (300,),
    "aripiprazole": (5,),
    "quetiapine": (50, 300),
}
OUTCOMES = (
    "no_response",
    "partial_response",
    "response",
    "remission",
    "intolerance",
    "contraindicated",
)
SOURCES = ("chart", "claims", "pharmacy", "patient_report", "samples")
FIRST = date(2024, 1, 1)


def some(draw: st.DrawFn, values: dict[str, st.SearchStrategy[Any]]) -> dict[str, Any]:
    """Draw some of the values, each under its key."""
    return {key: draw(found) for key, found in values.items() if draw(st.booleans())}


def days(draw: st.DrawFn, most: int = 200) -> tuple[date, date]:
    """Draw a span of days that ends by the day of the request."""
    start = FIRST + timedelta(days=draw(st.integers(0, (DAY - FIRST).days)))
    return start, min(DAY, start + timedelta(days=draw(st.integers(0, most))))


@st.composite
def drugs(draw: st.DrawFn) -> Any:  # noqa: ANN401 - a case file's values
    """Draw a drug treatment with exact days."""
    name = draw(st.sampled_from(sorted(NAMES)))
    told = some(
        draw,
        {
            "outcome": st.sampled_from(OUTCOMES),
            "maximum_tolerated": st.booleans(),
            "adherence_percent": st.sampled_from([60, 79, 80, 95]),
            "source": st.sampled_from(SOURCES),
        },
    )
    if draw(st.integers(0, 4)) == 0:
        told["improvement_percent"] = draw(st.sampled_from([0, 25, 26, 60]))
    if draw(st.integers(0, 4)) == 0:
        told["augments"] = draw(st.sampled_from(["sertraline", "venlafaxine"]))
    if draw(st.integers(0, 9)) == 0:
        told["purpose"] = "sleep"
    doses = [
        {
            "mg_per_day": draw(st.sampled_from(NAMES[name])),
            "from": str(start),
            "to": str(end),
        }
        for start, end in sorted(days(draw) for _ in range(draw(st.integers(1, 3))))
    ]
    if draw(st.integers(0, 3)) == 0:
        told["ongoing"] = True
        del doses[-1]["to"]
    return {"drug": name, "doses": doses, **told}


@st.composite
def courses(draw: st.DrawFn) -> Any:  # noqa: ANN401 - a case file's values
    """Draw a course of psychotherapy, TMS or ECT with exact days."""
    what = draw(st.sampled_from([("psychotherapy", "CBT"), ("tms", "iTBS"), ("ect", "bilateral")]))
    start, end = days(draw)
    told = some(
        draw, {"outcome": st.sampled_from(OUTCOMES), "sessions": st.sampled_from([1, 12, 30])}
    )
    return {what[0]: what[1], "from": str(start), "to": str(end), **told}


@st.composite
def scores(draw: st.DrawFn) -> Any:  # noqa: ANN401 - a case file's values
    """Draw a score with its day."""
    on = DAY - timedelta(days=draw(st.sampled_from([0, 10, 10, 27, 28, 29, 60, 300])))
    return {
        "scale": draw(st.sampled_from(["PHQ-9", "MADRS"])),
        "total": draw(st.sampled_from([0, 8, 14, 15, 16, 27])),
        "on": str(on),
        "baseline": draw(st.booleans()),
    }


ATTESTED = {"answer": st.booleans(), "by": st.just("Alex Moreno"), "on": st.just("2026-11-16")}


@st.composite
def records(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a case file's values in which every date that is there is a day."""
    raw = copy.deepcopy(EMPTY)
    raw["treatments"] = draw(st.lists(st.one_of(drugs(), drugs(), courses()), max_size=4))
    raw["scores"] = draw(st.lists(scores(), max_size=4))
    codes = ["F33.2", "F33.1", "F33.9", "F32.A", "F31.4", "F20.9"]
    raw["diagnoses"] = [{"code": c} for c in draw(st.lists(st.sampled_from(codes), max_size=2))]
    raw["episode"] = some(
        draw,
        {
            "onset": st.dates(FIRST, DAY).map(str),
            "severity": st.sampled_from(["mild", "moderate", "severe"]),
        },
    )
    raw["prescriber"] |= some(
        draw,
        {
            "specialty": st.sampled_from(["psychiatry", "family medicine"]),
            "consultation": st.just("Robin Okafor, MD"),
        },
    )
    raw["request"] |= some(
        draw, {"mg_per_week": st.sampled_from([84, 168, 169]), "sessions": st.sampled_from([1, 99])}
    )
    raw["attestations"] = some(draw, {"rems": st.fixed_dictionaries(ATTESTED)})
    return raw


def blurred(draw: st.DrawFn, holder: dict[str, Any], *keys: str) -> None:
    """Cut some of the dates down to their month or year."""
    for key in keys:
        if key in holder:
            holder[key] = str(holder[key])[: draw(st.sampled_from([4, 7, 10, 10]))]


def forgotten(draw: st.DrawFn, holder: dict[str, Any], *keys: str) -> None:
    """Leave out some of the values."""
    for key in keys:
        if key in holder and draw(st.integers(0, 2)) == 0:
            del holder[key]


@st.composite
def learned(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Draw a case with some of what it knows still unknown, and the same with all that it knows."""
    record = draw(records())
    raw = copy.deepcopy(record)
    for treatment in raw["treatments"]:
        forgotten(draw, treatment, "maximum_tolerated", "adherence_percent", "source", "sessions")
        forgotten(draw, treatment, "outcome")
        blurred(draw, treatment, "from", "to")
        if "doses" not in treatment:
            forgotten(draw, treatment, "from", "to")
        for dose in treatment.get("doses", []):
            blurred(draw, dose, "from", "to")
    for score in raw["scores"]:
        blurred(draw, score, "on")
    blurred(draw, raw["episode"], "onset")
    forgotten(draw, raw["episode"], "onset", "severity")
    forgotten(draw, raw["prescriber"], "specialty", "consultation")
    forgotten(draw, raw["request"], "mg_per_week", "sessions")
    forgotten(draw, raw["attestations"], "rems")
    return raw, record


def asked(kind: str, **values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy of criteria of one kind with some of these values."""
    head = {"id": st.just("x"), "requirement": st.just("As asked"), "kind": st.just(kind)}
    always = {key[:-1]: found for key, found in values.items() if key.endswith("_")}
    optional = {key: found for key, found in values.items() if not key.endswith("_")}
    return st.fixed_dictionaries({**head, **always}, optional=optional)


WINDOW = st.fixed_dictionaries(
    {}, optional={"current_episode": st.just("yes"), "years": st.just(1)}
)
WEEKS = st.sampled_from([0, 2, 6])
COUNTS = st.sampled_from(["yes", "no", "not_stated"])
INSTEAD = st.fixed_dictionaries(
    {"counts": COUNTS}, optional={"least_trials": st.sampled_from([1, 2, 3])}
)
FAILURES = st.lists(st.sampled_from(OUTCOMES), min_size=1, max_size=3, unique=True)
AGE = asked("age", least=st.sampled_from([18, 65]), below=st.sampled_from([42, 65]))
FAILED_TRIALS = asked(
    "failed_trials",
    least_=st.integers(2, 3),
    classes=st.integers(1, 2),
    weeks=WEEKS,
    weeks_by_outcome=st.dictionaries(st.sampled_from(OUTCOMES), WEEKS, max_size=2),
    dose=st.sampled_from(["least_effective", "maximum_tolerated", "any"]),
    window=WINDOW,
    in_episode=st.integers(0, 1),
    outcomes=FAILURES,
    most_improvement_percent=st.just(25),
    adherence_percent=st.just(80),
    intolerance=INSTEAD,
    contraindication=INSTEAD,
    gap_days=st.sampled_from([0, 7, 30]),
    sources_refused=st.lists(st.sampled_from(SOURCES), max_size=2),
    off_label=COUNTS,
)
KINDS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "age": AGE,
    "diagnosis": asked(
        "diagnosis", one_of=st.just(["F32", "F33"]), none_of=st.just(["F20", "F31"])
    ),
    "severity": asked("severity", least_=st.sampled_from(["moderate", "severe"])),
    "failed_trials": FAILED_TRIALS,
    "one failed trial": FAILED_TRIALS.map(lambda one: one | {"least": 1, "classes": 1}),
    "augmentation": asked(
        "augmentation",
        least=st.integers(1, 2),
        weeks=WEEKS,
        window=WINDOW,
        outcomes=FAILURES,
        classes=st.just(["SGA", "SSRI"]),
    ),
    "psychotherapy": asked(
        "psychotherapy",
        sessions=st.just(12),
        weeks=WEEKS,
        window=WINDOW,
        outcomes=FAILURES,
        types=st.just(["cbt"]),
    ),
    "score": asked(
        "score",
        scales_=st.sampled_from([{"PHQ-9": 15}, {"PHQ-9": 15, "MADRS": 28}]),
        within_days=st.just(28),
    ),
    "prescriber": asked(
        "prescriber", specialties_=st.just(["psychiatry"]), or_consultation=st.booleans()
    ),
    "concurrent_antidepressant": asked(
        "concurrent_antidepressant",
        rule_=st.just("required"),
        stable_weeks=st.sampled_from([2, 8]),
        not_failed=st.booleans(),
    ),
    "prior_device": asked(
        "prior_device",
        devices_=st.sampled_from([["tms"], ["tms", "ect"]]),
        sessions=st.just(20),
        outcomes=FAILURES,
    ),
    "attestation": asked("attestation", attestation_=st.just("rems"), question_=st.just("REMS?")),
    "exclusion": asked("exclusion", diagnoses_=st.just(["F20"]))
    | asked(
        "exclusion",
        attestation_=st.just("rems"),
        question_=st.just("None?"),
        diagnoses=st.just(["F20"]),
    ),
    "quantity": asked("quantity", most_mg_per_week=st.just(168), most_sessions=st.just(12)),
    "response": asked(
        "response", scales_=st.just(["PHQ-9", "MADRS"]), least_percent=st.sampled_from([25, 50])
    ),
}


def named(raw: Any, at: str = "c") -> Any:  # noqa: ANN401 - a policy file's values
    """Return the criteria with an id of their own each."""
    key = next((key for key in ("all", "any", "of") if key in raw), None)
    if key is None:
        return raw | {"id": at}
    return raw | {key: [named(inner, f"{at}-{place}") for place, inner in enumerate(raw[key])]}


def grouped(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return a strategy of groups of these parts."""
    lists = st.lists(parts, min_size=1, max_size=4)
    return (
        lists.map(lambda found: {"all": found})
        | lists.map(lambda found: {"any": found})
        | lists.map(lambda found: {"at_least": (len(found) + 1) // 2, "of": found})
    )


ANY_KIND = st.one_of(*KINDS.values())
POLICIES = st.recursive(ANY_KIND, grouped, max_leaves=6).map(named).map(part)


def answer(asked: Part, raw: dict[str, Any]) -> Answer:
    """Return the answer on a case file's values."""
    return weigh(asked, Facts(quick(**raw), DAY), Mark.V).answer


def decided_alike(asked: Part, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Assert that what is decided while less is known stays as it is."""
    assert answer(asked, before) in (UNKNOWN, answer(asked, after))


@pytest.mark.parametrize("kind", KINDS)
@settings(parent=unhurried, max_examples=20)
@given(data=st.data(), known=learned())
def test_answering_an_unknown_never_turns_a_decided_criterion(
    kind: str, data: st.DataObject, known: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    """Met stays met and not met stays not met, whatever is learned that was unknown."""
    decided_alike(part(data.draw(KINDS[kind])), *known)


@unhurried
@given(asked=POLICIES, known=learned())
def test_answering_an_unknown_never_turns_a_decided_policy(
    asked: Part, known: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    """The same holds for groups in groups of every kind."""
    decided_alike(asked, *known)


@unhurried
@given(asked=POLICIES, raw=records(), data=st.data())
def test_the_order_of_parts_and_records_does_not_matter(
    asked: Part, raw: dict[str, Any], data: st.DataObject
) -> None:
    """Neither the order of a group's parts nor that of treatments and scores changes the answer."""
    mixed = {
        **raw,
        "treatments": data.draw(st.permutations(raw["treatments"])),
        "scores": data.draw(st.permutations(raw["scores"])),
    }
    assert answer(asked, raw) is answer(shuffled(asked, data), mixed)


def shuffled(asked: Part, data: st.DataObject) -> Part:
    """Return the group with its parts in another order, at every depth."""
    parts = getattr(asked, "parts", None)
    if parts is None:
        return asked
    inner = [shuffled(one, data) for one in parts]
    return asked.model_copy(update={"parts": tuple(data.draw(st.permutations(inner)))})


@unhurried
@given(POLICIES)
def test_an_empty_case_is_never_met(asked: Part) -> None:
    """A case that says only who asks for what meets nothing but an age."""
    assume(all(leaf.kind != "age" for leaf in leaves(asked)))
    assert answer(asked, EMPTY) is not MET


def test_only_what_asks_for_nothing_is_met_by_an_empty_case() -> None:
    """An age is known from the birth date, and no antidepressant may be all that is required."""
    free = rule("concurrent_antidepressant", rule="not_required")
    assert isinstance(free, ConcurrentAntidepressant)
    assert answer(free, EMPTY) is MET
    assert answer(part(ADULT), EMPTY) is MET
