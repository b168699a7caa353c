"""A written instruction → how much and how often: only where the words leave nothing open."""

from __future__ import annotations

import re
from decimal import Decimal

from priorauth.importers.records import Dosage

_COUNTS = {"one": "1", "two": "2", "three": "3", "half": "0.5", "a": "1"}
_TIMES = {
    "daily": 1, "once daily": 1, "once a day": 1, "qd": 1, "every day": 1, "a day": 1, "per day": 1,
    "/day": 1, "qam": 1, "qpm": 1, "qhs": 1, "hs": 1, "nightly": 1, "every morning": 1,
    "in the morning": 1, "every evening": 1, "at bedtime": 1, "every night": 1, "bid": 2,
    "twice daily": 2, "twice a day": 2, "two times daily": 2, "every 12 hours": 2, "q12h": 2,
    "tid": 3, "three times daily": 3, "three times a day": 3, "every 8 hours": 3, "q8h": 3,
    "qid": 4, "four times daily": 4, "four times a day": 4,
}  # fmt: skip
_SENTENCE = re.compile(
    r"(?:take |give )?"
    r"(?P<amount>\d+(?:\.\d+)?|\.\d+|one|two|three|half|a)"
    r"\s*(?P<unit>mg|mcg|ml|tablets?|tabs?|capsules?|caps?|pills?|patch(?:es)?)?(?:\(s\))?"
    r"(?: by mouth| orally| po)?,? ?"
    rf"(?P<times>{'|'.join(sorted(map(re.escape, _TIMES), key=len, reverse=True))})"
    r"(?: by mouth| orally| po)?(?: (?:at bedtime|in the morning|with food|for depression))?\.?"
)


def understand(text: str) -> Dosage | None:
    """Return amount and times a day of an instruction; None unless every word is understood."""
    found = _SENTENCE.fullmatch(" ".join(text.casefold().split()))
    if found is None:
        return None
    amount = Decimal(_COUNTS.get(found["amount"], found["amount"]))
    return Dosage(amount, found["unit"] or "", Decimal(_TIMES[found["times"]]), text=text)
