"""The guided way to a case: what is still open, one question at a time, until nothing is.

    interview   the case file so far                                   -> Interview
    required    what no case can be without                            -> Question
    criteria    what the policy's findings leave open (`history`, `evidence`, `appeal`)
    wording     what the letter says beside them, in a person's own words
    answers     what a person writes, as values
    page        values into the text of the file, nothing else moved   -> text
    hints       the questions of an import that are settled, taken out -> text

`next_question` and `answer` are pure: they ask nobody and write nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING

from priorauth.asking import appeal, criteria, evidence, hints, history, page, required, wording
from priorauth.asking.answers import (
    AnswerError,
    BothTakenError,
    Edits,
    NamelessError,
    choice,
    edits,
    is_choice,
)
from priorauth.asking.interview import Interview, is_open
from priorauth.asking.question import How, Question
from priorauth.datafile import NO_VALUE, NULL
from priorauth.fields import MISSING
from priorauth.history import NO_DOSES
from priorauth.left_open import STAYS
from priorauth.problems import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from priorauth.asking.page import Written
    from priorauth.datafile import Trail

__all__ = [
    "Answered",
    "How",
    "Interview",
    "Question",
    "answer",
    "decline",
    "is_gap",
    "next_question",
    "open_questions",
    "reply",
]


def open_questions(interview: Interview) -> Iterator[Question]:
    """Yield every question that the case leaves open now, in the order in which it is asked."""
    told: set[str] = set()
    for question in chain(
        required.questions(interview),
        wording.held(interview),
        history.unfinished(interview),
        history.overlapping(interview),
        appeal.questions(interview),
        criteria.questions(interview),
        wording.questions(interview),
    ):
        if question.key not in told:  # two criteria can leave the same thing open
            told.add(question.key)
            yield question


def next_question(interview: Interview) -> Question | None:
    """Return the next question that was not asked yet, or None when nothing is left to ask."""
    asked = interview.asked
    every = open_questions(interview)
    return next((q for q in every if q.key not in asked and q.topic not in asked), None)


@dataclass(frozen=True)
class Answered:
    """What came of a reply: the interview that goes on, and what a person should look at."""

    interview: Interview
    taken: bool
    remarks: tuple[str, ...] = ()  # why it was not taken; of one that was, what to look at
    note: str = ""  # what becomes of a question that was not answered


_LATER = frozenset({"", "later", "skip"})
_UNKNOWN = frozenset({"not known", "unknown", "?"})
_NONE = frozenset({"no", "none", "no other", "no more"})
_LINE = re.compile(r" \(line [0-9]+\)")
# How words for none begin.
_NO = re.compile(
    r"(?:(?:it |there )?(?:was|were|is|are) )?(?:no|none|nothing|nobody|not|never|n/a)\b"
)
_MOST_LETTERS = 4000  # of one answer
_TOO_LONG = (
    f"This is longer than {_MOST_LETTERS} letters. Shorten it, or write it into the file in a text "
    "editor."
)
_NOT_WRITTEN = "Nothing was written for this; `back` asks it again."
_NO_ALONE = (
    "It is not clear whether this is a no. Write `no` alone where {none}; put reasons that begin "
    "so in quotation marks."
)


def reply(interview: Interview, question: Question, words: str) -> Answered:
    """Return what comes of anything that a person writes: an answer, or that there is none now."""
    if len(words) > _MOST_LETTERS:
        return Answered(interview, taken=False, remarks=(_TOO_LONG,))
    said = " ".join(words.casefold().split()).rstrip(".")
    if said in _LATER:
        return Answered(decline(interview, question), taken=True)
    if said in _UNKNOWN or (question.none and said in {*_NONE, question.none.casefold()}):
        after = decline(interview, question, unknown=True)
        return Answered(after, taken=True, note=_note(interview, question, after))
    if question.none and _NO.match(said) and not is_choice(question, said):
        return _in_other_words(interview, question)
    return answer(interview, question, words)


_HOLDS_ON = f"{STAYS}."


def _settled(interview: Interview, question: Question, words: str) -> Answered:
    """Return the interview without a question in the comments of its file, once it is settled."""
    chosen = choice(question, " ".join(words.casefold().split()).rstrip("."))
    if chosen is None:
        return Answered(interview, taken=False, remarks=(str(AnswerError(question)),))
    after = decline(interview, question)
    if chosen == "open":
        return Answered(after, taken=True, note=_HOLDS_ON)
    every = interview.data.left_open
    meant = next(one for one in every if wording.subject_of(one) == question.subject)
    return Answered(after.with_text(page.without_lines(interview.text, meant)), taken=True)


def _in_other_words(interview: Interview, question: Question) -> Answered:
    """Return that there is none; of reasons, which may begin with a no, ask for it alone."""
    if "reason" in question.extra:
        remark = _NO_ALONE.format(none=question.none)
        return Answered(interview, taken=False, remarks=(remark,))
    return Answered(decline(interview, question, unknown=True), taken=True, note=_NOT_WRITTEN)


def _note(before: Interview, question: Question, after: Interview) -> str:
    if not question.needed:
        return ""
    if after.text != before.text:
        return "The entry is a comment until this is known: it cannot stand without."
    return "This stays open: there is no letter without it."


def answer(interview: Interview, question: Question, words: str) -> Answered:
    """Return the interview with an answer in its place, or the same one and why it is not taken."""
    if question.how is How.SETTLED:
        return _settled(interview, question, words)
    try:
        wanted = edits(question, words, interview)
        if told := evidence.refused(interview, wanted):
            return Answered(interview, taken=False, remarks=(told,))
        text, data = interview.text, interview.data
        for trail, value in wanted:
            over = question.over and not is_open(interview, trail)
            text, data = page.written(text, data, trail, value, over=over)
        text, data = hints.without_settled(text, data)
    except (AnswerError, BothTakenError, NamelessError, page.PlaceError) as error:
        return Answered(interview, taken=False, remarks=(str(error),))
    after = replace(interview, text=text, asked=interview.asked | {question.key}).as_read(data)
    before = set(map(_told, interview.read.problems))
    found = [p for p in after.read.problems if _told(p) not in before]
    wrong = [p for p in found if _refuses(p, wanted, after)]
    if wrong:
        return Answered(interview, taken=False, remarks=tuple(map(_said, wrong)))
    every = tuple(open_questions(after))
    same = [one for one in every if one.topic == question.topic and not one.lists]
    if same:  # it would only come again
        return Answered(interview, taken=False, remarks=(_still_open(same[0]),))
    remarks = (*map(_said, _to_look_at(found, after, every)), *_unsettled(question, after, every))
    return Answered(after, taken=True, remarks=remarks)


def _still_open(question: Question) -> str:
    """Return why an answer was not taken that leaves its own question open, and what would do."""
    told = question.open_because or f"Write {question.form}."
    return f"This leaves the question open. {told} `not known` closes it for now."


def _unsettled(
    question: Question, after: Interview, every: tuple[Question, ...]
) -> tuple[str, ...]:
    """Return what keeps the criterion open that was asked about, where nothing more is asked."""
    more = (one.finding == question.finding or _beside(one, question) for one in every)
    if not question.finding or any(more):
        return ()
    told = criteria.why_open(after, question.finding)
    return (f"The criterion is still open: {told}",) if told else ()


def decline(interview: Interview, question: Question, *, unknown: bool = False) -> Interview:
    """Return the interview without another question on this; what is not known is left out."""
    after = replace(interview, asked=interview.asked | {question.key, question.topic})
    if not unknown:
        return after
    text, name = interview.text, interview.name
    if not question.needed:
        return after.with_text(page.leave_out(text, name, _empty_place(question)))
    entry = _optional_entry(question.trail)
    if entry is None or interview.at(*entry) is None:
        return after
    return after.with_text(page.set_aside(text, name, entry))


def _empty_place(question: Question) -> Trail:
    """Return the place that is taken out: of the first entry of a list, the list."""
    return question.trail[:1] if question.trail[1:] == (0,) else question.trail


def _optional_entry(trail: Trail) -> Trail | None:
    """Return the entry that cannot stand without the answer, where the case can without it."""
    if trail[0] in ("treatments", "attestations", "exhibits", "scores", "exceptions", "consents"):
        return trail[:2] if trail[-1] != "purpose" else None
    return None


def _beside(one: Question, other: Question) -> bool:
    """Return whether two questions are on one entry, such as who stands for an answer, and when."""
    return len(one.trail) > 2 and one.trail[:2] == other.trail[:2]  # noqa: PLR2004 - an entry


# --- what the door says of it ---------------------------------------------------------------------


def _told(problem: Problem) -> tuple[str, str]:
    return problem.place.field, _LINE.sub("", problem.what)  # an answer moves lines


def _refuses(problem: Problem, written: Edits, after: Interview) -> bool:
    """Return whether the door finds something wrong with what was written, or in its entry."""
    if problem.severity is not Severity.ERROR or is_gap(problem):
        return False
    field, shown = problem.place.field, _shown(after)
    entries = [shown(trail[:2]) for trail, _ in written if isinstance((*trail, "")[1], int)]
    places = [shown(one) for trail, value in written for one in _within(trail, value)]
    return field in places or any(f"{field}.".startswith(f"{entry}.") for entry in entries)


def _shown(interview: Interview) -> Callable[[Trail], str]:
    """Return how a place is written in what the door says: names of answers are hidden there."""
    return (interview.read.data or interview.data).shown


def _within(trail: Trail, value: Written) -> Iterator[Trail]:
    """Yield the place of a value and of all inside it."""
    yield trail
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _within((*trail, key), item)
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _within((*trail, place), item)


def is_gap(problem: Problem) -> bool:
    """Return whether something is only not there yet."""
    return problem.what in (MISSING, NO_VALUE, NULL, NO_DOSES)


def _to_look_at(
    found: list[Problem], after: Interview, every: tuple[Question, ...]
) -> list[Problem]:
    """Return what an answer brought up elsewhere, without what will be asked for anyway."""
    asked = set(map(_shown(after), (question.trail for question in every)))
    return [p for p in found if not is_gap(p) and p.place.field not in asked]


def _said(problem: Problem) -> str:
    what = problem.what if problem.what.split()[0] not in _VERBS else f"this {problem.what}"
    return f"{what[:1].upper()}{what[1:]}. {problem.fix}".rstrip()


_VERBS = frozenset({"must", "is", "does", "needs", "has", "holds"})  # that a problem begins with
