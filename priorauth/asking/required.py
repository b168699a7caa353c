"""Questions on what a case lacks by itself, whatever the policy asks: missing and empty places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from priorauth.asking.catalogue import FIELDS, Words
from priorauth.asking.interview import is_open
from priorauth.asking.page import empty_places
from priorauth.asking.question import How, Question
from priorauth.case import Kind
from priorauth.criteria.appeal import STANCE
from priorauth.fields import MISSING
from priorauth.reference import services

if TYPE_CHECKING:
    from collections.abc import Iterator

    from priorauth.asking.interview import Interview
    from priorauth.asking.question import Choice
    from priorauth.datafile import Trail

_ORDER = {pattern: place for place, pattern in enumerate(FIELDS)}
# What may be left out of a section that is there.
_OPTIONAL = frozenset(
    {
        "request.kind",
        "request.codes.*.units",
        "request.sessions",
        "request.mg_per_week",
        "request.start",
        "rationale.why_this_treatment",
        "rationale.risk_of_stopping",
        "rationale.risk_of_delay",
        "rationale.safety",
        "consents.part_2.scope",
        "coverage.line_of_business",
        "coverage.benefit",
        "practice.npi",
        "prescriber.specialty",
        "course.started",
        "course.sessions_given",
        "course.authorization_ends",
        "answer.level",
    }
)
# Lists and sections that other questions fill.
_FILLED_LATER = frozenset(
    {
        "treatments",
        "scores",
        "exhibits",
        "attestations",
        "exceptions",
        "rationale",
        "episode",
        "consents",
    }
)
_COURSE = (("course", "started"), ("course", "sessions_given"))
_ANSWER = (("answer", "decision"), ("answer", "on"), ("answer", "reasons", 0, "text"))


def questions(interview: Interview) -> Iterator[Question]:
    """Yield a question for each place that must not stay empty, in the order of the catalogue."""
    yield from (question(interview, trail) for trail in sorted(_open(interview), key=_place))


def question(interview: Interview, trail: Trail) -> Question:
    """Return the question on one field."""
    pattern = _pattern(trail)
    words = FIELDS.get(pattern) or _unlisted(trail)
    needed = pattern in FIELDS and pattern not in _OPTIONAL
    return Question(
        trail,
        words.text.format_map(_Names(interview, trail)),
        words.why,
        words.how,
        words.form,
        words.ask,
        _choices(interview, pattern, words),
        needed,
        words.none,
    )


def _choices(interview: Interview, pattern: str, words: Words) -> tuple[Choice, ...]:
    if pattern == "exceptions.*.criterion":
        return criteria_of(interview)
    return _people(interview) if words.how is How.NAMED else words.choices


def criteria_of(interview: Interview) -> tuple[Choice, ...]:
    """Return each criterion of the policy as something to choose, and its stance as a whole."""
    rules = interview.verdict.rules if interview.verdict else ()
    every = tuple((rule.id, rule.requirement) for rule in rules)
    return (*every, (STANCE, "the payer does not cover this at all"))


def _unlisted(trail: Trail) -> Words:
    return Words(
        f"What stands in `{trail[-1]}:`?",
        f"the file has an empty place for it under `{trail[0]}:`",
        "leave it out when it is not known",
        how=How.ANY,
    )


class _Names(dict[str, str]):
    """The names that a question is asked with, from the entry that it is about."""

    def __init__(self, interview: Interview, trail: Trail) -> None:
        super().__init__()
        for end in range(len(trail)):
            found = interview.at(*trail[:end])
            pairs: Any = found.items() if isinstance(found, dict) else ()
            self.update({key: value for key, value in pairs if isinstance(value, str)})
        if trail[0] == "treatments" and isinstance(trail[1], int) and "drug" in self:
            self["drug"] = interview.named(trail[1])
        self["criterion"] = self._criterion(interview, trail)
        self["counted_in"] = self._counted_in(interview)

    def _counted_in(self, interview: Interview) -> str:
        """Return what one unit of the entry's code is, as a sentence that follows another."""
        service = services.find(str(interview.at("request", "service")))
        known = service.code(self.get("code", "")) if service else None
        return f" One unit is {known.unit}." if known and known.usual_units else ""

    def _criterion(self, interview: Interview, trail: Trail) -> str:
        """Return what the policy asks of which a person answers, or wants to be excepted from."""
        if self.get("criterion") == STANCE:
            return "the payer does not cover this"
        rules = interview.verdict.rules if interview.verdict else ()
        names = {self.get("criterion"), *trail[1:2]}
        named = (r for r in rules if {r.id, getattr(r, "attestation", r.id)} & names)
        return next((rule.requirement for rule in named), "what the policy asks")

    def __missing__(self, key: str) -> str:
        return {"drug": "this drug", "from": "then"}.get(key, f"the {key}")


def _people(interview: Interview) -> tuple[Choice, ...]:
    """Return the prescriber as one who can have said something."""
    given, family = (interview.at("prescriber", "name", part) for part in ("given", "family"))
    signs = interview.at("prescriber", "credentials")
    if not (isinstance(given, str) and isinstance(family, str)):
        return ()
    name = f"{given} {family}{f', {signs}' if isinstance(signs, str) else ''}"
    return ((name, name),)


# --- what is open ---------------------------------------------------------------------------------


def _open(interview: Interview) -> set[Trail]:
    lacking = (p.place.field for p in interview.read.problems if p.what == MISSING)
    told = {_trail(shown) for shown in lacking if "*" not in shown}
    empty = {trail for trail in empty_places(interview.data) if trail}
    found = {one for trail in told | empty for one in _fields(trail)}
    found |= set(_unsigned(interview)) | set(_of_this_kind(interview)) | set(_plan(interview))
    if not interview.at("diagnoses"):
        found |= {("diagnoses", 0, "code")}
    return {trail for trail in found if is_open(interview, trail)}


def _trail(shown: str) -> Trail:
    return tuple(int(key) if key.isdecimal() else key for key in shown.split("."))


def _fields(trail: Trail) -> Iterator[Trail]:
    """Yield the fields of the catalogue that a missing place stands for."""
    pattern = _pattern(trail)
    if pattern in FIELDS:
        yield trail
        return
    inside = [one for one in FIELDS if one.startswith(f"{pattern}.") and one not in _OPTIONAL]
    if pattern in _FILLED_LATER:
        return
    for one in inside:
        rest = one.removeprefix(f"{pattern}.").split(".")
        yield (*trail, *(0 if key == "*" else key for key in rest))
    if not inside and trail[:1] != ("treatments",):
        yield trail


def _unsigned(interview: Interview) -> Iterator[Trail]:
    """Yield what is missing of the answers that a person stands for: which, by whom, and when."""
    found = interview.at("attestations")
    for name in found if isinstance(found, dict) else ():
        yield from (("attestations", name, key) for key in ("answer", "by", "on"))


def _of_this_kind(interview: Interview) -> Iterator[Trail]:
    """Yield what a renewal or an appeal must say beside."""
    kind = interview.at("request", "kind")
    if kind == Kind.APPEAL:
        yield from _ANSWER
    asked = interview.at("answer", "asked") if kind == Kind.APPEAL else None
    if Kind.RENEWAL in (kind, asked):
        yield from _COURSE


def _plan(interview: Interview) -> Iterator[Trail]:
    """Yield what the policy must know of the plan, so that it surely is the one for it."""
    governing = interview.verdict.governing if interview.verdict else None
    if governing and governing.file.policy.lines_of_business:
        yield ("coverage", "line_of_business")
    payer = interview.verdict.payer if interview.verdict else None
    addresses = payer.payer.addresses if payer and payer.payer else ()
    by_benefit = any(address.benefit for address in addresses)
    if by_benefit or (governing and governing.file.policy.benefits):
        yield ("coverage", "benefit")


def _pattern(trail: Trail) -> str:
    """Return a place as the catalogue has it: `*` for a number, and for the name of an answer."""
    named = trail[:1] == ("attestations",) and len(trail) > 1
    keys = ("attestations", "*", *trail[2:]) if named else trail
    return ".".join("*" if isinstance(key, int) else key for key in keys)


def _place(trail: Trail) -> tuple[int, str]:
    return _ORDER.get(_pattern(trail), len(_ORDER)), ".".join(map(str, trail))
