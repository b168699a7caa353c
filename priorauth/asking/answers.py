"""What a person writes, as the values that a case file holds.

Not for judging them: `intake` does that once they stand in the file.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING

from priorauth.asking.page import is_writable
from priorauth.asking.question import How
from priorauth.datafile import Trail
from priorauth.problems import PriorAuthError, listed
from priorauth.reference import drugs, scales
from priorauth.reference.drugs import DoseUnit

if TYPE_CHECKING:
    from collections.abc import Callable

    from priorauth.asking.interview import Interview
    from priorauth.asking.page import Written
    from priorauth.asking.question import Question

Edits = list[tuple[Trail, "Written"]]

_US_DATE = re.compile(r"(?:(\d{1,2})/)?(\d{1,2})/(\d{4})")
_DATE = r"[0-9]{4}(?:-[0-9]{1,2}){0,2}|(?:[0-9]{1,2}/){1,2}[0-9]{4}"
_DOSE = re.compile(
    rf"(?P<amount>[0-9.]+)\s*(?P<unit>mg|mcg|µg)?(?:\s*(?:/|a|per)\s*(?P<time>day|week|wk))?,?"
    rf"\s+(?:from\s+|since\s+)?(?P<start>{_DATE})(?:\s*(?:to|until|till|-|–)?\s*(?P<end>{_DATE}))?",  # noqa: RUF001 - charts have this dash
    re.IGNORECASE,
)
_BETWEEN = re.compile(r";|,?\s*\bthen\b|,\s*(?=[0-9.]+\s*(?:m?c?g|µg|from|since)\b)", re.IGNORECASE)
_SCORE = re.compile(
    rf"(?P<scale>\S.*?)\s+(?P<total>[0-9]+)(?:\s*,\s*|\s+)(?:on\s+)?(?P<on>{_DATE})", re.IGNORECASE
)
_CHANGE = re.compile(
    r"(?P<scale>\S.*?)\s+(?:from\s+)?(?P<before>[0-9]+)\s*(?:to|->|,|\s)\s*(?P<after>[0-9]+)",
    re.IGNORECASE,
)
_EVIDENCE = re.compile(
    r"(?P<document>\S.*?)[\s,]+(?:(?:page|pg|p)\.?\s*)?(?P<page>[0-9]+)", re.IGNORECASE
)
_STILL = re.compile(
    r"(?:it |(?:it )?is )?(?:still(?: (?:taken|going on))?|ongoing|goes on|going on)\.?",
    re.IGNORECASE,
)


class AnswerError(PriorAuthError):
    """An answer that cannot be read; its text says how to write it, without the answer."""

    def __init__(self, question: Question) -> None:
        """Say what can be written."""
        names = listed(label for _, label in question.choices)
        wanted = f"{names}, or its number" if names else question.form
        super().__init__(f"That is not understood here. Write {wanted}.")


class BothTakenError(PriorAuthError):
    """Two doses that were taken on the same days: no answer alone can write their sum."""

    def __init__(self) -> None:
        """Say what to write where."""
        super().__init__(
            "Two doses a day need a line of their own: write it in the file, with the sum and the "
            "days on which both were taken, and end or begin the two lines beside it. Enter alone "
            "puts this off."
        )


class NamelessError(PriorAuthError):
    """A page of a document that cannot be cited yet."""

    def __init__(self) -> None:
        """Say what the document needs."""
        super().__init__(
            "This document needs its short name first, by which pages are cited. Enter alone puts "
            "this off; answer the question for the short name, or write it as `id:` under "
            "`exhibits:`, such as chart."
        )


_WORDY = frozenset({How.TEXT, How.NAMED, How.DRUG, How.ENTRY, How.ADDED, How.STOPPED, How.REASONS})
_NO_NAME = re.compile(r"(?:y|yes|yeah|yep|ok|done|true)[.!]?", re.IGNORECASE)


def edits(question: Question, words: str, interview: Interview) -> Edits:
    """Return what an answer writes, and where; raise AnswerError when it cannot be read."""
    said = _unquoted(words)
    if question.how in _WORDY and not is_choice(question, said) and _says_nothing(question, said):
        raise AnswerError(question)
    found = _READ[question.how](question, said, interview)
    if not all(is_writable(value) for _, value in found):
        raise AnswerError(question)
    return found


def _says_nothing(question: Question, said: str) -> bool:
    """Return whether words name nothing: a `yes` where a name is asked for, or a dash."""
    if question.trail[-1] == "state":  # OK is Oklahoma
        return False
    if _NO_NAME.fullmatch(said) or not re.search(r"\w", said):
        return True
    return question.how is How.ENTRY and not re.search(r"[^\W\d_]", said)


def _unquoted(words: str) -> str:
    tidy = " ".join(words.split())
    quoted = len(tidy) > 1 and tidy[0] == tidy[-1] and tidy[0] in "\"'`"
    return tidy[1:-1].strip() if quoted else tidy


def _text(question: Question, words: str, interview: Interview) -> Edits:
    del interview
    return [(question.trail, words)]


def _choice(question: Question, words: str, interview: Interview) -> Edits:
    chosen = choice(question, words)
    if chosen is None:
        raise AnswerError(question)
    return _text(question, chosen, interview)


def _named(question: Question, words: str, interview: Interview) -> Edits:
    chosen = choice(question, words)
    if chosen is None and words.isdecimal():  # the number of a choice that is not there
        raise AnswerError(question)
    return _text(question, chosen or words, interview)


def is_choice(question: Question, words: str) -> bool:
    """Return whether words mean one of the choices of a question."""
    return choice(question, words) is not None


def choice(question: Question, words: str) -> str | None:
    """Return the choice that is meant: by its number, its words, or the beginning of one alone."""
    said = words.casefold().replace("_", " ")
    if said.isdecimal() and 0 < int(said) <= len(question.choices):
        return question.choices[int(said) - 1][0]
    exact = [value for value, label in question.choices if said in _spoken(value, label)]
    begun = [
        value
        for value, label in question.choices
        if any(name.startswith(said) for name in _spoken(value, label))
    ]
    found = exact or begun
    return found[0] if len(found) == 1 else None


def _spoken(value: str, label: str) -> tuple[str, str]:
    return value.replace("_", " ").casefold(), label.casefold()


def _date(question: Question, words: str, interview: Interview) -> Edits:
    return _text(question, _iso(words), interview)


def _iso(words: str) -> str:
    """Return a date as a case has it, from `2/17/2025` and `2025-2-17` too."""
    us = _US_DATE.fullmatch(words)
    if us:
        month, day = (us[1], us[2]) if us[1] else (us[2], None)
        return "-".join([us[3], *(f"{int(part):02}" for part in (month, day) if part)])
    parts = words.split("-")
    if all(part.isdecimal() for part in parts):
        return "-".join([parts[0], *(f"{int(part):02}" for part in parts[1:])])
    return words


def _end(question: Question, words: str, interview: Interview) -> Edits:
    if _STILL.fullmatch(words):
        return [((*question.trail[:-1], "ongoing"), "yes")]
    return _date(question, words, interview)


def _number(question: Question, words: str, interview: Interview) -> Edits:
    return _text(question, words.removesuffix("%").replace(",", "").strip(), interview)


def _units(question: Question, words: str, interview: Interview) -> Edits:
    found = re.fullmatch(r"([0-9.,]+)(?: units)?( (?:a|per|each) session)?", words, re.IGNORECASE)
    if not found:
        raise AnswerError(question)
    per: Edits = [((*question.trail[:-1], "per"), "session")] if found[2] else []
    return [*_number(question, found[1], interview), *per]


def _drug(question: Question, words: str, interview: Interview) -> Edits:
    del interview
    return [(question.trail, {"drug": words, **question.extra})]


def _entry(question: Question, words: str, interview: Interview) -> Edits:
    del interview
    said = choice(question, words) or words
    return [(question.trail, {key: value or said for key, value in question.extra.items()})]


def _added(question: Question, words: str, interview: Interview) -> Edits:
    del interview
    found = re.fullmatch(r"(.+?)(?: was)?(?: added)? to (.+)", words, re.IGNORECASE)
    if not found:
        raise AnswerError(question)
    return [(question.trail, {"drug": found[1], "augments": found[2]})]


def _doses(question: Question, words: str, interview: Interview) -> Edits:
    if words.casefold() == "contraindicated":
        return [((*question.trail[:-1], "outcome"), "contraindicated")]
    still = re.search(r",?\s*(?:and )?still(?: taken)?$", words)
    parts = [part.strip() for part in _BETWEEN.split(words[: still.start() if still else None])]
    product = drugs.find(str(interview.at(*question.trail[:-1], "drug")))
    doses: list[Written] = [_dose(question, part, product) for part in parts if part]
    ongoing: Edits = [((*question.trail[:-1], "ongoing"), "yes")] if still else []
    return [(question.trail, doses), *ongoing]


_KEYS = {
    DoseUnit.MG_A_DAY: "mg_per_day",
    DoseUnit.MG_IN_24_HOURS: "mg_per_day",
    DoseUnit.MCG_A_DAY: "mcg_per_day",
    DoseUnit.MG_A_WEEK: "mg_per_week",
}


def _dose(question: Question, part: str, product: drugs.Product | None) -> dict[str, Written]:
    found = _DOSE.fullmatch(part)
    if not found:
        raise AnswerError(question)
    key = _KEYS.get(product.unit, "mg_per_day") if product else "mg_per_day"
    if found["time"] and found["time"].casefold() != "day":
        key = "mg_per_week"
    elif found["unit"]:
        key = "mg_per_day" if found["unit"].casefold() == "mg" else "mcg_per_day"
    dose: dict[str, Written] = {key: found["amount"], "from": _iso(found["start"])}
    return {**dose, "to": _iso(found["end"])} if found["end"] else dose


def _improvement(question: Question, words: str, interview: Interview) -> Edits:
    if re.fullmatch(r"-?[0-9.]+ ?(?:%|percent)?", words):
        return _number(question, words.removesuffix("percent"), interview)
    found = _CHANGE.fullmatch(words)
    if not found:
        raise AnswerError(question)
    change: Written = {"scale": found[1], "before": found[2], "after": found[3]}
    return [((*question.trail[:-1], "change"), change)]


def _stopped(question: Question, words: str, interview: Interview) -> Edits:
    if _STILL.fullmatch(words):
        return [((*question.trail[:-1], "ongoing"), "yes")]
    return _text(question, words, interview)


def _score(question: Question, words: str, interview: Interview) -> Edits:
    del interview
    found = _SCORE.fullmatch(words)
    scale = scales.find(found["scale"]) if found else None
    if not found or (scale and scale.name not in question.among):
        raise AnswerError(question)
    name = scale.name if scale else found["scale"]
    score: dict[str, Written] = {"scale": name, "total": found[2], "on": _iso(found[3])}
    return [(question.trail, {**score, **question.extra})]


def _evidence(question: Question, words: str, interview: Interview) -> Edits:
    found = _EVIDENCE.fullmatch(words)
    if not found:
        raise AnswerError(question)
    name = found["document"].rstrip(",")
    exhibits = interview.entries("exhibits")
    meant = [one for one in exhibits if name in (one.get("id"), one.get("file"))]
    known = next((one["id"] for one in meant if one.get("id")), None)
    if meant and known is None:
        raise NamelessError
    new: Edits = []
    file = _file(name, interview.documents)
    if known is None and file:
        known = _new_id(file, {str(one.get("id")) for one in exhibits})
        new = [(("exhibits", len(exhibits)), {"id": known, "file": file})]
    return [*new, (question.trail, {"exhibit": known or name, "page": found["page"]})]


def _file(name: str, documents: tuple[str, ...]) -> str | None:
    """Return the document of that name, or the one that has it before its ending."""
    if name in documents:
        return name
    alike = [one for one in documents if PurePath(one).stem.casefold() == name.casefold()]
    return alike[0] if len(alike) == 1 else None


def _ended(question: Question, words: str, interview: Interview) -> Edits:
    chosen = choice(question, words)
    if chosen == "both":
        raise BothTakenError
    if chosen is None:
        raise AnswerError(question)
    return _text(question, str(question.extra["to"]), interview)


def _reasons(question: Question, words: str, interview: Interview) -> Edits:
    del interview
    first, *others = [part.strip() for part in words.split(" / ")]
    section, place = question.trail[:-2], int(question.trail[-2])
    more: Edits = [((*section, n), {"text": part}) for n, part in enumerate(others, place + 1)]
    return [(question.trail, first), *more]


def _new_id(file: str, taken: set[str]) -> str:
    stem = re.sub(r"[^a-z0-9]+", "_", PurePath(file).stem.casefold()).strip("_")[:50] or "exhibit"
    return next(
        name
        for number in range(1, 1000)
        if (name := stem + f"_{number}" * (number > 1)) not in taken
    )


_READ: dict[How, Callable[[Question, str, Interview], Edits]] = {
    How.TEXT: _text,
    How.ANY: _text,
    How.CHOICE: _choice,
    How.NAMED: _named,
    How.DATE: _date,
    How.END: _end,
    How.NUMBER: _number,
    How.UNITS: _units,
    How.DRUG: _drug,
    How.ENTRY: _entry,
    How.ADDED: _added,
    How.DOSES: _doses,
    How.IMPROVEMENT: _improvement,
    How.STOPPED: _stopped,
    How.SCORE: _score,
    How.EVIDENCE: _evidence,
    How.REASONS: _reasons,
    How.ENDED: _ended,
}
